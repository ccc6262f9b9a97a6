using Concierge.Pipelines;

namespace Concierge.Server.Reports;

/// <summary>Where each answer's time went: the model's, the node's, the carrier's.</summary>
internal static class AnswersSection
{
    public static void Write(HtmlBuilder html, CallReport report)
    {
        List<TurnTiming> turns = [.. report.Timeline.Turns.Where(turn => turn.FirstSent is not null)];
        if (turns.Count == 0)
        {
            return;
        }

        html.Add($"<section class=\"card\" id=\"answers\"><h2>Each answer's way to the ear</h2><p class=\"lead\">As the node saw it: the model's word that the caller had stopped, the response's beginning, its first audio, the carrier's wire, and the first sample played as a mark proves.</p>");
        html.Add($"<div class=\"scroll\"><table class=\"latency\"><thead><tr><th>Answer</th><th class=\"n\">At</th><th class=\"n\">Created</th><th class=\"n\">First audio</th><th class=\"n\">On the wire</th><th class=\"n\">Played</th><th class=\"n\">Whole</th></tr></thead><tbody>");
        for (int i = 0; i < turns.Count; i++)
        {
            TurnTiming turn = turns[i];
            TimeSpan from = turn.CallerStopped ?? turn.ResponseCreated;
            html.Add($"<tr><td><b>{i + 1}</b>{(turn.CallerStopped is null ? " unasked" : "")}</td><td class=\"n\">{CallReportHtml.Clock(from.TotalMilliseconds)}</td>");
            html.Add($"<td class=\"n\">{After(turn.ResponseCreated, from)}</td><td class=\"n\">{After(turn.FirstDelta, from)}</td><td class=\"n\">{After(turn.FirstSent, from)}</td><td class=\"n\">{After(turn.FirstPlayed, from)}</td><td class=\"n\">{Milliseconds(turn.Whole)}</td></tr>");
        }

        html.Add($"</tbody></table></div><dl class=\"marks\">");
        Percentiles(html, "Model", report.Timeline, turn => turn.Model);
        Percentiles(html, "Node", report.Timeline, turn => turn.Node);
        Percentiles(html, "Carrier", report.Timeline, turn => turn.Carrier);
        Percentiles(html, "Whole", report.Timeline, turn => turn.Whole);
        html.Add($"</dl></section>");
    }

    private static void Percentiles(HtmlBuilder html, string name, CallTimeline timeline, Func<TurnTiming, TimeSpan?> step)
    {
        if (timeline.Percentile(step, 0.5) is { } median)
        {
            html.Add($"<div><dt>{name}: median / 95 % / longest</dt><dd>{Milliseconds(median)} / {Milliseconds(timeline.Percentile(step, 0.95))} / {Milliseconds(timeline.Percentile(step, 1))}</dd></div>");
        }
    }

    private static string After(TimeSpan? at, TimeSpan from) => Milliseconds(at - from);

    private static string Milliseconds(TimeSpan? time) =>
        time is not { } value ? "–" : string.Create(null, $"{value.TotalMilliseconds:0.#} ms");
}
