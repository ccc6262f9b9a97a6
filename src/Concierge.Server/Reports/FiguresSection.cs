namespace Concierge.Server.Reports;

/// <summary>What was allocated, and what it all ran on.</summary>
internal static class FiguresSection
{
    public static void Write(HtmlBuilder html, CallReport report)
    {
        if (report.Allocation.Count + report.Environment.Count == 0)
        {
            return;
        }

        html.Add($"<div class=\"columns even\">");
        Write(html, "Memory", report.Allocation);
        Write(html, "Where this ran", report.Environment);
        html.Add($"</div>");
    }

    private static void Write(HtmlBuilder html, string title, IReadOnlyList<ReportFigure> figures)
    {
        if (figures.Count == 0)
        {
            return;
        }

        html.Add($"<section class=\"card\"><h2>{title}</h2><dl>");
        foreach (ReportFigure figure in figures)
        {
            html.Add($"<div><dt>{figure.Name}</dt><dd>{figure.Value}<small>{figure.Note}</small></dd></div>");
        }

        html.Add($"</dl></section>");
    }
}
