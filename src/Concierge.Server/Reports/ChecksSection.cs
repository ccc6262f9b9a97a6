namespace Concierge.Server.Reports;

/// <summary>What the run asserted about itself; what failed comes first.</summary>
internal static class ChecksSection
{
    public static void Write(HtmlBuilder html, CallReport report)
    {
        if (report.Checks.Count == 0)
        {
            return;
        }

        html.Add($"<section class=\"card\" id=\"checks\"><h2>Checks</h2><ul class=\"checks\">");
        foreach (ReportCheck check in report.Checks.OrderBy(check => check.Passed))
        {
            html.Add($"<li class=\"{(check.Passed ? "good" : "bad")}\"><b>{(check.Passed ? "✓" : "✗")}</b><div>{check.Name}<small>{check.Detail}</small></div></li>");
        }

        html.Add($"</ul></section>");
    }
}
