namespace Concierge.Server.Reports;

/// <summary>What was used and what happened, what was allocated, and what it all ran on.</summary>
internal static class FiguresSection
{
    public static void Write(HtmlBuilder html, CallReport report)
    {
        WriteRow(html, ("Usage and cost", report.Usage), ("What happened on the line", report.Line));
        WriteRow(html, ("Memory", report.Allocation), ("Where this ran", report.Environment));
    }

    private static void WriteRow(HtmlBuilder html, params (string Title, IReadOnlyList<ReportFigure> Figures)[] cards)
    {
        if (cards.All(card => card.Figures.Count == 0))
        {
            return;
        }

        html.Add($"<div class=\"columns even\">");
        foreach ((string title, IReadOnlyList<ReportFigure> figures) in cards)
        {
            Write(html, title, figures);
        }

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
