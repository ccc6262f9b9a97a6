using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Concierge.Audio;
using Concierge.Calls.Outcome;
using Concierge.Server.Reports;

namespace Concierge.Server.Tests.Reports;

public class CallReportHtmlTests
{
    private static readonly CallReport s_report = SampleReport.Create();
    private static readonly string s_html = CallReportHtml.Render(s_report);

    [Fact]
    public void Is_well_formed_and_asks_the_network_for_nothing()
    {
        XElement root = Parse(s_html);
        Assert.DoesNotContain(root.Descendants(), e => e.Name.LocalName is "link" or "img" or "iframe" || e.Attribute("src") is { } src && !src.Value.StartsWith("data:", StringComparison.Ordinal));
        Assert.DoesNotMatch(@"url\(|@import|fetch\(|XMLHttpRequest", s_html);
        Assert.DoesNotContain("http", Regex.Replace(s_html, "http://www.w3.org/1999/xhtml|http-equiv", ""));
    }

    [Fact]
    public void Shows_every_turn_in_words_and_as_a_band_where_it_was_said()
    {
        XElement root = Parse(s_html);
        Assert.Equal(s_report.Turns.Select(turn => turn.Text), ByClass(root, "chat").Single().Elements().Select(li => li.Elements().Single(e => e.Name.LocalName == "p").Value));
        foreach (TranscriptSpeaker speaker in new[] { TranscriptSpeaker.Caller, TranscriptSpeaker.Agent })
        {
            XElement lane = ByClass(root, "lane").Single(e => HasClass(e, speaker.ToString().ToLowerInvariant()));
            Assert.Equal(s_report.Turns.Count(turn => turn.Speaker == speaker), ByClass(lane, "turn").Count());
            Assert.Equal(2, lane.Descendants().Count(e => e.Name.LocalName == "path"));
        }

        XElement band = ByClass(root, "turn").Single(e => e.Attribute("data-turn")!.Value == "1");
        Assert.Equal("left:10.981%;width:15.187%", band.Attribute("style")!.Value);
        Assert.Contains("Anna Miller", ByClass(band, "tip").Single().Value);
    }

    [Fact]
    public void Marks_the_interruption_on_the_axis_and_in_the_transcript()
    {
        XElement root = Parse(s_html);
        XElement mark = ByClass(root, "interruption").Single();
        Assert.StartsWith("left:47.66", mark.Attribute("style")!.Value);
        Assert.Contains("silent after 550 ms", mark.Value);
        Assert.Single(ByClass(root, "chat").Single().Elements(), li => HasClass(li, "cut"));
    }

    [Fact]
    public void Carries_the_recording_with_the_caller_left_and_the_agent_right()
    {
        string uri = Parse(s_html).Descendants().Single(e => e.Name.LocalName == "audio").Attribute("src")!.Value;
        using WavReader wav = new(new MemoryStream(Convert.FromBase64String(uri["data:audio/wav;base64,".Length..])));
        Assert.Equal((8_000, 2), (wav.SampleRate, wav.Channels));
        short[] samples = new short[wav.TotalFrames * 2];
        Assert.Equal(samples.Length, wav.Read(samples));
        Assert.Equal(s_report.CallerAudio, samples.Where((_, i) => i % 2 == 0));
        Assert.Equal(s_report.AgentAudio, samples.Where((_, i) => i % 2 == 1));
    }

    [Fact]
    public void Shows_outcome_checks_latencies_and_figures()
    {
        XElement root = Parse(s_html);
        XElement outcome = ByClass(root, "outcome").Single();
        Assert.Equal("B4711", string.Concat(ByClass(outcome, "number").Single().Descendants().Where(e => e.Name.LocalName == "b").Select(e => e.Value)));
        Assert.All(["Confirmed", "with changes", "Friday, 27 November 2026", "19:45", "Anna Miller"], text => Assert.Contains(text, outcome.Value));
        Assert.Equal(s_report.Checks.Count, ByClass(root, "checks").Single().Elements().Count());
        Assert.Contains("6 of 6", ByClass(root, "verdict").Single().Value);
        Assert.Equal(4, ByClass(root, "latency").Single().Descendants().Count(e => e.Name.LocalName == "tr") - 1);
        Assert.Equal(2, root.Descendants().Count(e => e.Name.LocalName == "figure"));
        Assert.Contains("0 bytes per frame", root.Value);
    }

    [Fact]
    public void Puts_what_failed_first_and_says_so_at_the_top()
    {
        XElement root = Parse(CallReportHtml.Render(s_report with { Checks = [.. s_report.Checks, new ReportCheck("Something else", false, "it did not")] }));
        Assert.True(HasClass(ByClass(root, "verdict").Single(), "bad"));
        Assert.Contains("Something else", ByClass(root, "checks").Single().Elements().First().Value);
    }

    [Fact]
    public void Lets_no_word_of_a_call_become_markup()
    {
        const string Hostile = "</script><script>alert(1)</script>\"'&\u0001\ud800";
        CallReport hostile = s_report with
        {
            Scenario = Hostile,
            Turns = [new TranscriptEntry(TranscriptSpeaker.Agent, Hostile, 0, 10)],
            Checks = [new ReportCheck(Hostile, true, Hostile)],
            Outcome = new CallOutcome { Name = Hostile, Notes = Hostile, ConfirmationNumber = "<&>" },
        };
        XElement root = Parse(CallReportHtml.Render(hostile));
        Assert.Single(root.Descendants(), e => e.Name.LocalName == "script");
        Assert.Contains("alert(1)", ByClass(root, "chat").Single().Value);
    }

    [Fact]
    public void Shows_a_call_in_which_nothing_happened()
    {
        CallReport empty = new()
        {
            Scenario = "Nothing",
            Start = s_report.Start,
            Duration = TimeSpan.Zero,
            CallerAudio = [],
            AgentAudio = [],
            Turns = [],
            Outcome = CallOutcome.Nothing,
        };
        XElement root = Parse(CallReportHtml.Render(empty));
        Assert.DoesNotContain("NaN", root.ToString());
        Assert.Contains("Pending", root.Value);
    }

    [Fact]
    public void Draws_a_histogram_on_a_logarithmic_axis_without_gaps()
    {
        ReportBucket[] fine = [new(0.4, 1), new(22.5, 10), new(29.9, 5), new(31, 2), new(140, 0), new(200, 1)];
        IReadOnlyList<ReportBucket> bins = HistogramBins.Regroup(fine);
        Assert.Equal([1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200], bins.Select(bin => bin.UpToMicroseconds));
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 0, 15, 2, 0, 0, 0, 1], bins.Select(bin => bin.Count));
        Assert.Empty(HistogramBins.Regroup([]));
    }

    [Fact]
    public void Writes_the_file()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("concierge-report-").FullName, "report.html");
        CallReportHtml.Write(s_report, path);
        Assert.Equal(s_html, File.ReadAllText(path));
    }

    private static XElement Parse(string html)
    {
        using XmlReader reader = XmlReader.Create(new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader).Root!;
    }

    private static IEnumerable<XElement> ByClass(XElement root, string name) => root.Descendants().Where(e => HasClass(e, name));

    private static bool HasClass(XElement element, string name) => element.Attribute("class")?.Value.Split(' ').Contains(name) ?? false;
}
