using System.Text.Json.Nodes;
using Concierge.Server.Load;
using Concierge.Server.Node;
using Concierge.Simulation.Load;
using LoadOptions = Concierge.Server.Load.LoadOptions;
using XDocument = System.Xml.Linq.XDocument;

namespace Concierge.Server.Tests.Load;

public sealed class LoadReportTests
{
    private static readonly LoadOptions s_options = new()
    {
        Steps = [50, 100],
        Duration = TimeSpan.FromSeconds(10),
        WarmUp = TimeSpan.FromSeconds(1),
        Ramp = 100,
        Mode = LoadMode.Pcm16,
        Bound = TimeSpan.FromMilliseconds(20),
        MaxLateness = TimeSpan.FromMilliseconds(1),
        Baseline = true,
    };

    [Fact]
    public void A_run_is_reckoned_per_call_second_per_call_and_per_frame()
    {
        LoadRun run = Run(LoadKinds.Bridge, 100, cpuSeconds: 2, p99: 1e6);
        Assert.Equal(2.0, run.CpuPerCall!.Value, 6);
        Assert.Equal(0.5, run.UserPerCall!.Value, 6);
        Assert.Equal(0.2, run.CoreShare!.Value, 6);
        Assert.Equal(40 * 1024, run.ResidentPerCall!.Value, 6);
        Assert.Equal(0.03, run.AllocatedPerFrame!.Value, 6);
        Assert.True(run.Holds(TimeSpan.FromMilliseconds(2)));
        Assert.False(run.Holds(TimeSpan.FromMilliseconds(0.5)));
        Assert.False((run with { Calls = 101 }).Holds(TimeSpan.FromMilliseconds(2)));
    }

    [Fact]
    public void Ratios_are_of_medians_and_a_run_with_a_late_generator_does_not_count()
    {
        LoadStep step = new(100,
        [
            Run(LoadKinds.Relay, 100, 1, 1e5), Run(LoadKinds.Bridge, 100, 1.1, 2e5), Run(LoadKinds.Bridge, 100, 1.3, 3e5), Run(LoadKinds.Bridge, 100, 1.2, 9e5),
            Run(LoadKinds.Bridge, 100, 50, 1e9) with { Discarded = "late" },
        ]);
        Assert.Equal(1.2, step.Ratio(LoadKinds.Bridge, run => run.CpuPerCall)!.Value, 6);
        Assert.Equal(3, step.Ratio(LoadKinds.Bridge, run => run.P99)!.Value, 6);
        Assert.True(step.Holds(TimeSpan.FromMilliseconds(1)));
        Assert.Null(new LoadStep(1, [Run(LoadKinds.Bridge, 1, 1, 1) with { Discarded = "late" }]).Holds(TimeSpan.FromSeconds(1)));
        Assert.Null(new LoadStep(1, [Run(LoadKinds.Bridge, 1, 1, 1)]).Ratio(LoadKinds.Bridge, run => run.CpuPerCall));
    }

    [Fact]
    public void The_page_is_well_formed_and_shows_runs_curves_and_distributions_with_everything_encoded()
    {
        string html = LoadHtml.Create(s_options with { Target = new Uri("ws://host/?a=1&b=<2>") }, Steps(), DateTimeOffset.UnixEpoch, "concierge load --calls <50> & more");
        XDocument page = XDocument.Parse(html.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal).Replace("<meta charset=\"utf-8\">", "", StringComparison.Ordinal)
            .Replace("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">", "", StringComparison.Ordinal));
        Assert.Equal(5, page.Descendants("svg").Count());
        Assert.Equal(5, page.Descendants("tbody").First().Elements("tr").Count());
        Assert.Contains(page.Descendants("tr"), row => row.Value.Contains("the generator was late", StringComparison.Ordinal));
        Assert.DoesNotContain("NaN", html);
        Assert.DoesNotContain("<50>", html);
        Assert.DoesNotContain("http://", html.Replace("http://www.w3.org", "", StringComparison.Ordinal));
    }

    [Fact]
    public void The_json_holds_each_run_its_ratios_and_the_largest_step_that_held()
    {
        JsonObject json = LoadJsonReport.Create(s_options, Steps(), DateTimeOffset.UnixEpoch);
        Assert.Equal(50, json["largest_calls_within_bound"]!.GetValue<int>());
        JsonNode step = json["steps"]![0]!;
        Assert.Equal(1.1, step["cpu_ratio"]!.GetValue<double>(), 6);
        JsonNode run = step["runs"]![1]!;
        Assert.Equal("bridge", run["kind"]!.GetValue<string>());
        Assert.Equal(1000, run["up"]!["p99"]!.GetValue<double>(), 6);
        Assert.Equal(0, run["down"]!["lost"]!.GetValue<long>());
        Assert.False(json["steps"]![1]!["runs"]![1]!["counts"]!.GetValue<bool>());
    }

    [Fact]
    public void The_screen_says_why_a_run_does_not_count_and_what_was_refused()
    {
        LoadRun run = Run(LoadKinds.Bridge, 100, 1, 1e6);
        string line = LoadScreen.Line(run with { Discarded = "because", Reading = run.Reading with { Refused = new Dictionary<int, int> { [503] = 12 }, Failed = 1, FirstFailure = "gone", EndedEarly = 2, Matched = 90 } });
        foreach (string part in (string[])["not counted: because", "12 with 503", "1 calls; the first: gone", "ended by the bridge before the end: 2", "never heard at the Realtime server: 10"])
        {
            Assert.Contains(part, line);
        }

        Assert.Contains(LoadScreen.Summary(s_options, Steps()), l => l.Contains("CPU 1.10x the relay's", StringComparison.Ordinal));
        Assert.Contains(LoadScreen.Summary(s_options, Steps()), l => l.StartsWith("largest step that held: 50 calls", StringComparison.Ordinal));
        Assert.Equal("950 µs", LoadScreen.Time(950_000));
        Assert.Equal("1.5 ms", LoadScreen.Time(1_500_000));
        Assert.Equal("2.00 s", LoadScreen.Time(2e9));
    }

    [Fact]
    public void Peers_have_ratios_of_their_own_to_the_relay_and_to_the_bridge()
    {
        LoadOptions options = s_options with { Peers = [new PeerBridge(PeerFinder.Plain, "made of <this>", "dotnet", [], new Dictionary<string, string?>())] };
        LoadStep[] steps = [.. Steps().Select(step => step with { Runs = [.. step.Runs, Run(PeerFinder.Plain, step.Calls, 5.5, 4e6)] })];
        Assert.Equal(5.5, steps[0].Ratio(PeerFinder.Plain, run => run.CpuPerCall)!.Value, 6);
        Assert.True(steps[1].Holds(s_options.Bound, PeerFinder.Plain));

        string[] lines = [.. LoadScreen.Summary(options, steps)];
        Assert.Contains(lines, line => line.Contains("50 calls, plain: CPU 5.50x the relay's", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("; CPU 5.00x the bridge's, p99 4.00x, p99.9 4.00x", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("plain: largest step that held: 100 calls", StringComparison.Ordinal));

        JsonObject json = LoadJsonReport.Create(options, steps, DateTimeOffset.UnixEpoch);
        Assert.Equal(100, json["peers"]![0]!["largest_calls_within_bound"]!.GetValue<int>());
        Assert.Equal("made of <this>", json["peers"]![0]!["made_of"]!.GetValue<string>());
        Assert.Equal(5.5, json["steps"]![0]!["plain"]!["cpu_ratio"]!.GetValue<double>(), 6);
        Assert.Equal(5, json["steps"]![0]!["plain"]!["cpu_ratio_to_bridge"]!.GetValue<double>(), 6);

        string html = LoadHtml.Create(options, steps, DateTimeOffset.UnixEpoch, "concierge load");
        Assert.Contains("plain: made of &lt;this&gt;", html);
        Assert.Contains("<td>50</td><td>plain</td><td>5.50 x</td><td>8.00 x</td><td>8.00 x</td><td>5.00 x</td><td>4.00 x</td><td>1.00 x</td>", html);
        Assert.Contains("<polyline class=\"plain\"", html);
        Assert.DoesNotContain("<this>", html);
    }

    [Fact]
    public void What_the_host_took_is_shown_and_noted_above_one_percent()
    {
        string[] stat =
        [
            "cpu  100 0 50 800 10 5 5 30 7 0", "cpu0 60 0 30 380 5 3 2 20 7 0", "cpu1 40 0 20 420 5 2 3 10 0 0", "cpu10 1 1 1 1 1 1 1 1 1 1", "intr 1 2 3",
        ];
        Assert.Equal(new HostTime(30, 1000), HostTime.Parse(stat, []));
        Assert.Equal(new HostTime(10, 500), HostTime.Parse(stat, [1]));
        Assert.Equal(new HostTime(30, 1000), HostTime.Parse(stat, [0, 1]));
        Assert.Equal(0.25, new HostTime(15, 120).ShareSince(new HostTime(10, 100))!.Value, 6);
        Assert.Null(new HostTime(1, 2).ShareSince(null));
        Assert.Null(new HostTime(1, 2).ShareSince(new HostTime(1, 2)));
        if (OperatingSystem.IsLinux())
        {
            Assert.True(HostTime.Read([0])!.All > 0);
        }

        LoadRun calm = Run(LoadKinds.Bridge, 50, 1, 1e6) with { StolenShare = 0.004 };
        LoadRun robbed = calm with { StolenShare = 0.123 };
        Assert.EndsWith("0.4%", LoadScreen.Line(calm));
        Assert.Contains("gave 12.3% of these cores' time to others (steal)", LoadScreen.Line(robbed));
        LoadStep[] steps = [new(50, [calm]), new(60, [robbed])];
        Assert.Equal(0.123, LoadJsonReport.Create(s_options, steps, DateTimeOffset.UnixEpoch)["steps"]![1]!["runs"]![0]!["steal_share"]!.GetValue<double>(), 6);
        string html = LoadHtml.Create(s_options, steps, DateTimeOffset.UnixEpoch, "concierge load");
        Assert.Contains("<td>0.4 %</td>", html);
        Assert.Contains("gave 12.3% of these cores", html);
    }

    [Fact]
    public void Process_times_are_read_whatever_the_process_is_called()
    {
        Assert.Equal((12L, 34L), ProcessUsage.ParseStat("77 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 12 34 0 0 20 0"));
        Assert.Equal(2048 * 1024, ProcessUsage.ParseResident(["00400000-7ff rollup", "Rss:                2048 kB", "Pss: 1 kB"]));
        if (OperatingSystem.IsLinux())
        {
            Assert.True(ProcessUsage.Read(Environment.ProcessId)!.ResidentBytes > 1_000_000);
        }

        Assert.Null(ProcessUsage.Read(int.MaxValue));
    }

    private static LoadStep[] Steps() =>
    [
        new(50, [Run(LoadKinds.Relay, 50, 1, 5e5), Run(LoadKinds.Bridge, 50, 1.1, 1e6)]),
        new(100, [Run(LoadKinds.Relay, 100, 1, 5e5), Run(LoadKinds.Bridge, 100, 1.1, 1e6) with { Discarded = "the generator was late" }]),
    ];

    private static LoadRun Run(string kind, int calls, double cpuSeconds, double p99)
    {
        LoadDirection direction = new()
        {
            Sent = 100_000,
            Lost = 0,
            Late = 0,
            Repeated = 0,
            P50 = (long)p99 / 4,
            P90 = (long)p99 / 2,
            P99 = (long)p99,
            P999 = (long)p99 * 2,
            Max = (long)p99 * 3,
            Buckets = [((long)p99 / 4, 50_000), ((long)p99, 49_000), ((long)p99 * 3, 1_000)],
        };
        RuntimeCounters counters = new(1_000_000, 1, 0, 0, 1.5, 1, 1, 7_000, 900, 10);
        return new LoadRun
        {
            Kind = kind,
            Calls = calls,
            Seconds = 10,
            Reading = new LoadReading
            {
                Up = direction,
                Down = direction,
                Lateness = direction,
                Connected = calls,
                Matched = calls,
                Refused = new Dictionary<int, int>(),
                RefusalTime = direction,
                Failed = 0,
                FirstFailure = null,
                EndedEarly = 0,
                Broken = 0,
                Unreadable = 0,
                Marks = 1,
            },
            Idle = new ProcessUsage(default, default, 50_000_000),
            Before = new ProcessUsage(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 60_000_000),
            After = new ProcessUsage(TimeSpan.FromSeconds(1 + (cpuSeconds / 4)), TimeSpan.FromSeconds(1 + (cpuSeconds * 3 / 4)), 50_000_000 + (calls * 40 * 1024L)),
            CountersEarlier = counters with { AllocatedBytes = 996_000 },
            CountersBefore = counters,
            CountersAfter = counters with { AllocatedBytes = 1_010_000 },
            StartMilliseconds = 200,
        };
    }
}
