using System.Reflection;
using Concierge.Audio;

namespace Concierge.Server.Reports;

/// <summary>
/// Writes a call's report as one file: styles, script, drawings and the recording are inside it, and it asks the network for nothing. It reads in light and
/// in dark, without its script it still shows everything, and it is well-formed XML as well as HTML.
/// </summary>
internal static class CallReportHtml
{
    /// <summary>Writes the report.</summary>
    /// <param name="report">What to show.</param>
    /// <param name="path">The file; replaced if it exists.</param>
    public static void Write(CallReport report, string path) => File.WriteAllText(path, Render(report));

    /// <summary>The whole document.</summary>
    public static string Render(CallReport report)
    {
        HtmlBuilder html = new();
        html.Add($"<!DOCTYPE html>");
        html.Add($"<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\"><head><meta charset=\"utf-8\"/>");
        html.Add($"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; media-src data:; img-src data:\"/>");
        html.Add($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>");
        html.Add($"<title>{report.Scenario} – call report</title>");
        html.Add($"<style>{Asset("report.css")}</style></head><body>");
        WriteHeader(html, report);
        html.Add($"<main>");
        TimelineSection.Write(html, report);
        html.Add($"<div class=\"columns\"><div>");
        TranscriptSection.Write(html, report);
        LatencySection.WriteTurns(html, report);
        html.Add($"</div><div>");
        OutcomeSection.Write(html, report);
        ChecksSection.Write(html, report);
        html.Add($"</div></div>");
        AnswersSection.Write(html, report);
        LatencySection.WriteHistograms(html, report);
        FiguresSection.Write(html, report);
        html.Add($"</main>");
        html.Add($"<audio id=\"audio\" preload=\"auto\" src=\"data:audio/wav;base64,{new HtmlBuilder.Markup(Recording(report))}\"></audio>");
        html.Add($"<script>//<![CDATA[\n{Asset("report.js")}\n//]]></script></body></html>");
        return html.ToString();
    }

    /// <summary>A time of the call as <c>1:02.3</c>.</summary>
    public static string Clock(double milliseconds)
    {
        double tenths = Math.Round(milliseconds / 100);
        return string.Create(null, $"{Math.Floor(tenths / 600):0}:{Math.Floor(tenths % 600 / 10):00}.{tenths % 10:0}");
    }

    private static void WriteHeader(HtmlBuilder html, CallReport report)
    {
        int passed = report.Checks.Count(check => check.Passed);
        html.Add($"<header><div class=\"wrap\"><div><p class=\"brand\">Concierge <span>call report</span></p>");
        html.Add($"<h1>{report.Scenario}</h1>");
        html.Add($"<p class=\"facts\">{report.Start:d MMMM yyyy, HH:mm} UTC · {Clock(report.Duration.TotalMilliseconds)} min · {report.Turns.Count} turns{(report.EndReason is null ? "" : " · " + report.EndReason)}</p></div>");
        if (report.Checks.Count > 0)
        {
            html.Add($"<a class=\"verdict {(report.AllPassed ? "good" : "bad")}\" href=\"#checks\"><b>{(report.AllPassed ? "✓" : "✗")}</b><span>{passed} of {report.Checks.Count}<small>checks passed</small></span></a>");
        }

        html.Add($"</div></header>");
    }

    /// <summary>Both sides as a stereo WAV: the caller left, the agent right.</summary>
    private static string Recording(CallReport report)
    {
        int frames = Math.Max(report.CallerAudio.Length, report.AgentAudio.Length);
        short[] stereo = new short[frames * 2];
        Interleave(report.CallerAudio, stereo, 0);
        Interleave(report.AgentAudio, stereo, 1);
        using MemoryStream buffer = new();
        using (WavWriter wav = new(buffer, CallReport.SampleRate, 2, leaveOpen: true))
        {
            wav.Write(stereo);
        }

        return Convert.ToBase64String(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Interleave(short[] samples, short[] stereo, int channel)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            stereo[(2 * i) + channel] = samples[i];
        }
    }

    private static HtmlBuilder.Markup Asset(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Concierge.Server.Reports." + name)
            ?? throw new InvalidOperationException($"The build left out {name}.");
        using StreamReader reader = new(stream);
        return new HtmlBuilder.Markup(reader.ReadToEnd());
    }
}
