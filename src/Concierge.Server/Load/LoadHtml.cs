using System.Reflection;
using Concierge.Server.Reports;
using Concierge.Simulation.Load;

namespace Concierge.Server.Load;

/// <summary>The report of a load run: one file, nothing fetched.</summary>
internal static class LoadHtml
{
    public static string Create(LoadOptions options, IReadOnlyList<LoadStep> steps, DateTimeOffset date, string commandLine)
    {
        HtmlBuilder html = new();
        html.Add($"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Load of {options.Subject}</title><style>{Css("Reports.report.css")}{Css("Load.load.css")}</style></head><body>");
        html.Add($"<header><div class=\"wrap\"><div><p class=\"brand\">Concierge <span>load report</span></p><h1>{options.Subject}, {(options.Mode == LoadMode.Pcm16 ? "PCM16 transcoding" : "mu-law pass-through")}{(options.Tls ? ", TLS" : "")}</h1>");
        html.Add($"<p class=\"facts\">{date.UtcDateTime:d MMMM yyyy, HH:mm} UTC · {LoadMachine.Describe()}</p><p class=\"facts\"><code>{commandLine}</code></p></div></div></header><main>");
        Table(html, options, steps);
        html.Add($"<div class=\"columns even\">");
        Curves(html, "CPU against calls", "milliseconds per call and second, lower is better", steps, run => run.CpuPerCall, "0.00");
        Curves(html, "Memory against calls", "resident kB per call beyond the idle process", steps, run => run.ResidentPerCall / 1024, "0");
        Curves(html, "99th percentile against calls", "milliseconds added, the slower direction", steps, run => run.P99 / 1e6, "0.00");
        foreach (LoadStep step in steps)
        {
            Distribution(html, step);
        }

        html.Add($"</div>");
        html.Add($"<section class=\"card\"><h2>How to read it</h2><p class=\"lead\">Each frame carries a number in its sound; the generator knows when it left and sees when it arrives at the other far end, at one clock. Latency is what lies between. The relay copies bytes between the same sockets on the same core: nothing can cost less. A run in which the generator itself was late is shown and not counted.</p></section></main></body></html>");
        return html.ToString();
    }

    private static void Table(HtmlBuilder html, LoadOptions options, IReadOnlyList<LoadStep> steps)
    {
        html.Add($"<section class=\"card\"><h2>Runs</h2><div class=\"scroll\"><table class=\"load\"><thead><tr><th>calls</th><th></th><th>CPU ms per call-second</th><th>user</th><th>system</th><th>p50</th><th>p90</th><th>p99</th><th>p99.9</th><th>max</th><th>lost</th><th>late</th><th>kB per call</th><th>B per frame</th><th>GC pauses</th><th>compiling</th><th>steal</th></tr></thead><tbody>");
        foreach (LoadRun run in steps.SelectMany(step => step.Runs))
        {
            html.Add($"<tr class=\"{(run.Discarded is null ? run.Kind : "discarded")}\"><td>{run.Calls}</td><td>{run.Kind}{(run.Discarded is null ? "" : " (not counted)")}</td><td>{Number(run.CpuPerCall, "0.000")}</td><td>{Number(run.UserPerCall, "0.000")}</td><td>{Number(run.SystemPerCall, "0.000")}</td>");
            html.Add($"<td>{LoadScreen.Time(run.P50)}</td><td>{LoadScreen.Time(Math.Max(run.Reading.Up.P90, run.Reading.Down.P90))}</td><td>{LoadScreen.Time(run.P99)}</td><td>{LoadScreen.Time(run.P999)}</td><td>{LoadScreen.Time(Math.Max(run.Reading.Up.Max, run.Reading.Down.Max))}</td><td>{run.Lost}</td><td>{run.Late}</td><td>{Number(run.ResidentPerCall / 1024, "0")}</td><td>{Number(run.AllocatedPerFrame, "0.00")}</td><td>{Number(run.GcPauseMilliseconds, "0.0 ms")}</td><td>{Number(run.CompileMilliseconds, "0 ms")}</td><td>{Number(100 * run.StolenShare, "0.0")}{(run.StolenShare is null ? "" : " %")}</td></tr>");
            foreach (string note in new[] { run.Discarded, LoadScreen.StealNote(run) }.OfType<string>())
            {
                html.Add($"<tr class=\"discarded\"><td></td><td colspan=\"16\">{note}</td></tr>");
            }
        }

        html.Add($"</tbody></table></div>");
        Ratios(html, steps);
        foreach (string line in LoadScreen.Largest(options, steps))
        {
            html.Add($"<p class=\"hint\">{line}</p>");
        }

        foreach (PeerBridge peer in options.Peers)
        {
            html.Add($"<p class=\"hint\">{peer.Name}: {peer.Made}</p>");
        }

        html.Add($"</section>");
    }

    /// <summary>What each bridge comes to beside the relay, and a peer beside the bridge.</summary>
    private static void Ratios(HtmlBuilder html, IReadOnlyList<LoadStep> steps)
    {
        (LoadStep Step, string Kind)[] rows =
        [
            .. from step in steps
               from kind in step.Runs.Select(run => run.Kind).Distinct()
               where kind != LoadKinds.Relay && (step.Ratio(kind, run => run.P99) ?? (kind == LoadKinds.Bridge ? null : step.Ratio(kind, run => run.P99, LoadKinds.Bridge))) is not null
               select (step, kind),
        ];
        if (rows.Length == 0)
        {
            return;
        }

        html.Add($"<div class=\"scroll\"><table class=\"load\"><thead><tr><th>medians, calls</th><th></th><th>CPU of the relay's</th><th>p99</th><th>p99.9</th><th>CPU of the bridge's</th><th>p99</th><th>kB per call</th></tr></thead><tbody>");
        foreach ((LoadStep step, string kind) in rows)
        {
            string Times(Func<LoadRun, double?> figure, string to) => kind == to ? "" : step.Ratio(kind, figure, to) is { } ratio ? Number(ratio, "0.00") + " x" : "–";
            html.Add($"<tr><td>{step.Calls}</td><td>{kind}</td><td>{Times(run => run.CpuPerCall, LoadKinds.Relay)}</td><td>{Times(run => run.P99, LoadKinds.Relay)}</td><td>{Times(run => run.P999, LoadKinds.Relay)}</td><td>{Times(run => run.CpuPerCall, LoadKinds.Bridge)}</td><td>{Times(run => run.P99, LoadKinds.Bridge)}</td><td>{Times(run => run.ResidentPerCall, LoadKinds.Bridge)}</td></tr>");
        }

        html.Add($"</tbody></table></div>");
    }

    private static void Curves(HtmlBuilder html, string title, string unit, IReadOnlyList<LoadStep> steps, Func<LoadRun, double?> figure, string format)
    {
        List<ChartLine> lines = [];
        foreach (string kind in steps.SelectMany(step => step.Runs).Select(run => run.Kind).Distinct())
        {
            (double, double)[] points = [.. steps.Select(s => (s.Calls, Value: s.Median(kind, figure))).Where(p => p.Value is not null).Select(p => ((double)p.Calls, p.Value!.Value))];
            if (points.Length > 0)
            {
                lines.Add(new ChartLine(kind, points));
            }
        }

        if (lines.Count == 0)
        {
            return;
        }

        html.Add($"<section class=\"card\"><h2>{title}</h2><p class=\"lead\">{unit}</p>");
        HtmlLineChart.Write(html, lines, x => x.ToString("0", null), y => y.ToString(format, null), fromZero: true);
        html.Add($"</section>");
    }

    /// <summary>Latency against the share of frames that took longer: the tail, which an average hides, takes most of the width.</summary>
    private static void Distribution(HtmlBuilder html, LoadStep step)
    {
        List<ChartLine> lines = [];
        LoadRun[] last = [.. step.Runs.Where(r => r.Discarded is null).GroupBy(r => r.Kind).Select(g => g.Last())];
        bool many = last.Length > 2;
        foreach (LoadRun run in last)
        {
            if (many)
            {
                lines.Add(new ChartLine(run.Kind, Tail(run.Reading.Up.P99 > run.Reading.Down.P99 ? run.Reading.Up : run.Reading.Down)));
                continue;
            }

            lines.Add(new ChartLine($"{run.Kind}, up", Tail(run.Reading.Up)));
            lines.Add(new ChartLine($"{run.Kind}, down", Tail(run.Reading.Down)));
        }

        lines.RemoveAll(line => line.Points.Count == 0);
        if (lines.Count == 0)
        {
            return;
        }

        html.Add($"<section class=\"card\"><h2>Latency at {step.Calls} calls</h2><p class=\"lead\">milliseconds added, by percentile; the last run of each kind{(many ? ", its slower direction" : "")}</p>");
        HtmlLineChart.Write(html, lines, x => x == 0 ? "0 %" : $"{(100 - (100 * Math.Pow(10, -x))).ToString(x < 1.5 ? "0" : x < 2.5 ? "0" : x < 3.5 ? "0.0" : "0.00##", null)} %", y => $"{Math.Pow(10, y).ToString("0.###", null)}", fromZero: false);
        html.Add($"</section>");
    }

    private static (double X, double Y)[] Tail(LoadDirection direction)
    {
        long all = direction.Buckets.Sum(b => b.Count);
        long seen = 0;
        List<(double, double)> points = [];
        foreach ((long upTo, long count) in direction.Buckets)
        {
            double share = 1 - ((double)seen / all);
            points.Add((-Math.Log10(share), Math.Log10(Math.Max(1e-3, Math.Min(upTo, direction.Max) / 1e6))));
            seen += count;
        }

        return [.. points];
    }

    private static string Number(double? value, string format) => value is { } v ? v.ToString(format, System.Globalization.CultureInfo.InvariantCulture) : "–";

    private static HtmlBuilder.Markup Css(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Concierge.Server." + name)
            ?? throw new InvalidOperationException($"The build left out {name}.");
        using StreamReader reader = new(stream);
        return new HtmlBuilder.Markup(reader.ReadToEnd());
    }
}
