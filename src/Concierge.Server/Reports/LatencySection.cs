using Concierge.Calls.Outcome;

namespace Concierge.Server.Reports;

/// <summary>How long answers took, and what the node added to each frame.</summary>
internal static class LatencySection
{
    private const int ChartWidth = 520;
    private const int ChartHeight = 190;
    private const int ChartFoot = 26;

    /// <summary>Writes the distributions of the time that the node adds.</summary>
    public static void WriteHistograms(HtmlBuilder html, CallReport report)
    {
        if (report.AddedLatency.Count == 0)
        {
            return;
        }

        html.Add($"<section class=\"card\"><h2>What the node adds to a frame</h2><p class=\"lead\">The time an audio message spends inside this program, from its arrival to its hand-over to the other side's socket.</p><div class=\"charts\">");
        foreach (ReportHistogram histogram in report.AddedLatency)
        {
            WriteHistogram(html, histogram);
        }

        html.Add($"</div></section>");
    }

    /// <summary>Writes how long each answer took.</summary>
    public static void WriteTurns(HtmlBuilder html, CallReport report)
    {
        if (report.TurnLatencies.Count == 0)
        {
            return;
        }

        double longest = Math.Max(1, report.TurnLatencies.Max(turn => Math.Max(turn.HeardMs, turn.ModelMs)));
        html.Add($"<section class=\"card\"><h2>Response times</h2><p class=\"lead\">From the end of the caller's turn to the agent's voice.</p>");
        html.Add($"<div class=\"scroll\"><table class=\"latency\"><thead><tr><th>Answer</th><th class=\"n\">Model</th><th class=\"n\">Heard</th><th></th></tr></thead><tbody>");
        foreach (ReportTurnLatency turn in report.TurnLatencies)
        {
            TranscriptEntry? answer = turn.Turn >= 1 && turn.Turn <= report.Turns.Count ? report.Turns[turn.Turn - 1] : null;
            double model = Math.Clamp(100 * turn.ModelMs / longest, 0, 100);
            double rest = Math.Clamp((100 * turn.HeardMs / longest) - model, 0, 100 - model);
            html.Add($"<tr><td class=\"words\"><b>{turn.Turn}</b> {answer?.Text}</td><td class=\"n\">{turn.ModelMs:0} ms</td><td class=\"n\">{turn.HeardMs:0} ms</td>");
            html.Add($"<td class=\"spark\"><span><i style=\"width:{model:0.#}%\"></i><i class=\"rest\" style=\"width:{rest:0.#}%\"></i></span></td></tr>");
        }

        html.Add($"</tbody></table></div></section>");
    }

    private static void WriteHistogram(HtmlBuilder html, ReportHistogram histogram)
    {
        IReadOnlyList<ReportBucket> bins = HistogramBins.Regroup(histogram.Buckets);
        int count = bins.Count;
        double most = Math.Max(1, count == 0 ? 0 : bins.Max(bucket => bucket.Count));
        double slot = (double)ChartWidth / Math.Max(1, count);
        int every = Math.Max(1, (count + 9) / 10);
        html.Add($"<figure><figcaption><b>{histogram.Name}</b><span>{histogram.Count:N0} messages, time in µs</span></figcaption>");
        html.Add($"<svg viewBox=\"0 0 {ChartWidth} {ChartHeight}\" role=\"img\" aria-label=\"{histogram.Name}: median {Duration(histogram.P50)}, 99th percentile {Duration(histogram.P99)}\">");
        html.Add($"<line class=\"base\" x1=\"0\" x2=\"{ChartWidth}\" y1=\"{ChartHeight - ChartFoot}\" y2=\"{ChartHeight - ChartFoot}\"/>");
        for (int i = 0; i < count; i++)
        {
            ReportBucket bucket = bins[i];
            double height = (ChartHeight - ChartFoot - 22) * bucket.Count / most;
            double x = i * slot;
            if (bucket.Count > 0)
            {
                double drawn = Math.Max(1.5, height);
                html.Add($"<rect x=\"{x + (slot * 0.12):0.##}\" y=\"{ChartHeight - ChartFoot - drawn:0.##}\" width=\"{slot * 0.76:0.##}\" height=\"{drawn:0.##}\" rx=\"2\"><title>up to {Duration(bucket.UpToMicroseconds)}: {bucket.Count:N0}</title></rect>");
            }

            if (i % every == 0)
            {
                html.Add($"<text x=\"{x + (slot / 2):0.##}\" y=\"{ChartHeight - 8}\">{ShortDuration(bucket.UpToMicroseconds)}</text>");
            }
        }

        html.Add($"</svg><dl class=\"marks\"><div><dt>median</dt><dd>{Duration(histogram.P50)}</dd></div><div><dt>99 %</dt><dd>{Duration(histogram.P99)}</dd></div><div><dt>longest</dt><dd>{Duration(histogram.Max)}</dd></div></dl></figure>");
    }

    private static string Duration(double microseconds) =>
        microseconds >= 1_000 ? string.Create(null, $"{microseconds / 1_000:0.##} ms") : string.Create(null, $"{microseconds:0.#} µs");

    private static string ShortDuration(double microseconds) =>
        microseconds >= 1_000 ? string.Create(null, $"{microseconds / 1_000:0.#}ms") : string.Create(null, $"{microseconds:0.#}");
}
