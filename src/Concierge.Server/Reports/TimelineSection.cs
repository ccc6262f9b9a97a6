using Concierge.Calls.Outcome;

namespace Concierge.Server.Reports;

/// <summary>Both voices on one time axis, with the turns behind them, the interruption across them and the playhead over them.</summary>
internal static class TimelineSection
{
    public static void Write(HtmlBuilder html, CallReport report)
    {
        double totalMs = Math.Max(1, TotalMs(report));
        double gain = WaveformPath.CommonGain(report.CallerAudio, report.AgentAudio);
        html.Add($"<section class=\"card timeline\"><div class=\"bar\"><button id=\"play\" type=\"button\" aria-label=\"Play the call\"><i></i></button>");
        html.Add($"<span class=\"time\"><b id=\"now\">0:00.0</b> / {CallReportHtml.Clock(totalMs)}</span>");
        html.Add($"<span class=\"legend\"><i class=\"caller\"></i>Caller <em>left</em><i class=\"agent\"></i>Agent, as heard <em>right</em>{new HtmlBuilder.Markup(report.Interruptions.Count > 0 ? "<i class=\"cut\"></i>Interruption" : "")}</span></div>");
        html.Add($"<div class=\"scroll\"><div id=\"timeline\" class=\"stage\" data-total=\"{totalMs:0}\">");
        WriteLane(html, report, TranscriptSpeaker.Caller, report.CallerAudio, totalMs, gain);
        WriteLane(html, report, TranscriptSpeaker.Agent, report.AgentAudio, totalMs, gain);
        foreach (ReportInterruption interruption in report.Interruptions)
        {
            WriteInterruption(html, interruption, totalMs);
        }

        WriteAxis(html, totalMs);
        html.Add($"<div id=\"playhead\"></div></div></div>");
        html.Add($"<p class=\"hint\">Click anywhere to listen from there; the space bar plays and pauses. Point at a turn to read it.</p></section>");
    }

    private static double TotalMs(CallReport report) => Math.Max(
        report.Duration.TotalMilliseconds, Math.Max(report.CallerAudio.Length, report.AgentAudio.Length) * 1_000.0 / CallReport.SampleRate);

    private static void WriteLane(HtmlBuilder html, CallReport report, TranscriptSpeaker speaker, short[] samples, double totalMs, double gain)
    {
        string side = speaker == TranscriptSpeaker.Caller ? "caller" : "agent";
        (string peaks, string rms) = WaveformPath.Draw(samples, (long)(totalMs * CallReport.SampleRate / 1_000), gain);
        html.Add($"<div class=\"lane {side}\">");
        for (int i = 0; i < report.Turns.Count; i++)
        {
            TranscriptEntry turn = report.Turns[i];
            if (turn.Speaker == speaker)
            {
                double left = 100 * turn.StartMs / totalMs;
                double width = Math.Max(0.15, 100 * (turn.EndMs - turn.StartMs) / totalMs);
                string edge = left < 20 ? "first" : left > 70 ? "last" : "";
                html.Add($"<div class=\"turn {edge} {(turn.Interrupted ? "cut" : "")}\" data-turn=\"{i}\" tabindex=\"0\" style=\"left:{left:0.###}%;width:{width:0.###}%\">");
                html.Add($"<div class=\"tip\"><small>{CallReportHtml.Clock(turn.StartMs)} – {CallReportHtml.Clock(turn.EndMs)}{(turn.Interrupted ? " · interrupted" : "")}</small>{turn.Text}</div></div>");
            }
        }

        html.Add($"<svg viewBox=\"0 -{WaveformPath.HalfHeight} {WaveformPath.Columns} {2 * WaveformPath.HalfHeight}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
        html.Add($"<path class=\"peaks\" d=\"{new HtmlBuilder.Markup(peaks)}\"/><path class=\"rms\" d=\"{new HtmlBuilder.Markup(rms)}\"/></svg></div>");
    }

    private static void WriteInterruption(HtmlBuilder html, ReportInterruption interruption, double totalMs)
    {
        double left = 100 * interruption.OnsetMs / totalMs;
        double width = 100 * (interruption.SilentMs - interruption.OnsetMs) / totalMs;
        html.Add($"<div class=\"interruption\" style=\"left:{left:0.###}%;width:{Math.Max(0.05, width):0.###}%\">");
        html.Add($"<span class=\"{(left > 75 ? "flip" : "")}\">Interrupted · silent after {interruption.SilentMs - interruption.OnsetMs:0} ms</span></div>");
    }

    private static void WriteAxis(HtmlBuilder html, double totalMs)
    {
        double step = new[] { 1_000.0, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000 }.FirstOrDefault(s => totalMs / s <= 14, 1_800_000);
        html.Add($"<div class=\"axis\">");
        for (double at = 0; at <= totalMs; at += step)
        {
            html.Add($"<i style=\"left:{100 * at / totalMs:0.###}%\"><span>{Math.Floor(at / 60_000):0}:{at / 1_000 % 60:00}</span></i>");
        }

        html.Add($"</div>");
    }
}
