using Concierge.Calls.Outcome;

namespace Concierge.Server.Reports;

/// <summary>The transcript as a conversation.</summary>
internal static class TranscriptSection
{
    public static void Write(HtmlBuilder html, CallReport report)
    {
        html.Add($"<section class=\"card\"><h2>Transcript</h2><ol class=\"chat\">");
        for (int i = 0; i < report.Turns.Count; i++)
        {
            TranscriptEntry turn = report.Turns[i];
            bool agent = turn.Speaker == TranscriptSpeaker.Agent;
            html.Add($"<li class=\"{(agent ? "agent" : "caller")}{(turn.Interrupted ? " cut" : "")}\" data-turn=\"{i}\" data-start=\"{turn.StartMs}\" data-end=\"{turn.EndMs}\" tabindex=\"0\">");
            html.Add($"<small>{(agent ? "Agent" : "Caller")} · {CallReportHtml.Clock(turn.StartMs)}</small><p>{turn.Text}</p>");
            if (turn.Interrupted)
            {
                html.Add($"<em>interrupted here</em>");
            }

            html.Add($"</li>");
        }

        html.Add($"</ol></section>");
    }
}
