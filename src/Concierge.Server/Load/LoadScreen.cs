using System.Globalization;

namespace Concierge.Server.Load;

/// <summary>What the terminal shows.</summary>
internal static class LoadScreen
{
    public const string Heading = "calls  kind     cpu ms/call-s  (user/system)  core   p50       p99       p99.9     max       lost  late   kB/call  B/frame  gc ms  jit ms  steal";

    /// <summary>One run on one line, and a second when it does not count or something was refused.</summary>
    public static string Line(LoadRun run)
    {
        string cpu = run.CpuPerCall is { } all ? F($"{all,7:0.000}       {run.UserPerCall:0.00}/{run.SystemPerCall:0.00}      {run.CoreShare,4:0%}") : "      –           –            – ";
        string line = F($"{run.Calls,5}  {run.Kind,-7} {cpu}   {Time(run.P50),-8}  {Time(run.P99),-8}  {Time(run.P999),-8}  {Time(Math.Max(run.Reading.Up.Max, run.Reading.Down.Max)),-8} {run.Lost,5} {run.Late,5} {(run.ResidentPerCall is { } r ? F($"{r / 1024,8:0}") : "       –")} {(run.AllocatedPerFrame is { } a ? F($"{a,8:0.00}") : "       –")} {(run.GcPauseMilliseconds is { } g ? F($"{g,6:0.0}") : "     –")} {(run.CompileMilliseconds is { } j ? F($"{j,7:0}") : "      –")} {(run.StolenShare is { } s ? F($"{s,6:0.0%}") : "     –")}");
        foreach (string remark in Remarks(run))
        {
            line += Environment.NewLine + "       " + remark;
        }

        return line;
    }

    /// <summary>What the steps came to: medians as ratios, and the largest that held.</summary>
    public static IEnumerable<string> Summary(LoadOptions options, IReadOnlyList<LoadStep> steps)
    {
        foreach (LoadStep step in steps)
        {
            foreach (string kind in Kinds(options))
            {
                string[] ratios = [.. Ratios(step, kind, LoadKinds.Relay), .. kind == LoadKinds.Bridge ? [] : Ratios(step, kind, LoadKinds.Bridge)];
                if (ratios.Length > 0)
                {
                    string who = kind == LoadKinds.Bridge ? "" : ", " + kind;
                    yield return F($"{step.Calls,5} calls{who}: {string.Join("; ", ratios)} (medians of {step.Of(kind).Count()} runs)");
                }
            }
        }

        foreach (string line in Largest(options, steps))
        {
            yield return line;
        }
    }

    /// <summary>The largest step that each bridge held, when there were several.</summary>
    public static IEnumerable<string> Largest(LoadOptions options, IReadOnlyList<LoadStep> steps)
    {
        foreach (string kind in options.Steps.Count > 1 ? Kinds(options) : [])
        {
            string who = kind == LoadKinds.Bridge ? "" : kind + ": ";
            LoadStep? largest = steps.LastOrDefault(step => step.Holds(options.Bound, kind) == true);
            yield return largest is null
                ? F($"{who}no step held: p99 within {options.Bound.TotalMilliseconds:0.##} ms, no frame lost")
                : F($"{who}largest step that held: {largest.Calls} calls with p99 {Time((long)largest.Median(kind, run => run.P99)!.Value)} (bound {options.Bound.TotalMilliseconds:0.##} ms), no frame lost");
        }
    }

    /// <summary>Nanoseconds for people.</summary>
    public static string Time(double nanoseconds) => nanoseconds switch
    {
        >= 1e9 => F($"{nanoseconds / 1e9:0.00} s"),
        >= 1e8 => F($"{nanoseconds / 1e6:0} ms"),
        >= 1e6 => F($"{nanoseconds / 1e6:0.0} ms"),
        _ => F($"{nanoseconds / 1e3:0} µs"),
    };

    /// <summary>What is to be thought of a run while the host gave the machine's cores to others; null when it hardly did.</summary>
    public static string? StealNote(LoadRun run) => run.StolenShare is { } share && share > HostTime.Notable
        ? F($"the machine's host gave {share:0.0%} of these cores' time to others (steal): the percentiles are partly the host's")
        : null;

    private static IEnumerable<string> Kinds(LoadOptions options) => options.Peers.Select(peer => peer.Name).Prepend(LoadKinds.Bridge);

    private static IEnumerable<string> Ratios(LoadStep step, string kind, string to)
    {
        if (step.Ratio(kind, run => run.P99, to) is { } p99)
        {
            string cpu = step.Ratio(kind, run => run.CpuPerCall, to) is { } ratio ? F($"CPU {ratio:0.00}x the {to}'s, p99") : F($"p99 of the {to}'s");
            yield return F($"{cpu} {p99:0.00}x, p99.9 {step.Ratio(kind, run => run.P999, to):0.00}x");
        }
    }

    private static IEnumerable<string> Remarks(LoadRun run)
    {
        if (run.Discarded is { } why)
        {
            yield return "not counted: " + why;
        }

        if (StealNote(run) is { } stolen)
        {
            yield return stolen;
        }

        if (run.Reading.Refused.Count > 0)
        {
            string refused = string.Join(", ", run.Reading.Refused.Select(r => F($"{r.Value} with {r.Key}")));
            yield return F($"refused: {refused}, within {Time(run.Reading.RefusalTime.P50)} (median), {Time(run.Reading.RefusalTime.Max)} (longest)");
        }

        if (run.Reading.Failed > 0)
        {
            yield return F($"failed: {run.Reading.Failed} calls; the first: {run.Reading.FirstFailure}");
        }

        if (run.Reading.EndedEarly > 0)
        {
            yield return F($"ended by the bridge before the end: {run.Reading.EndedEarly} calls");
        }

        if (run.Reading.Matched < run.Reading.Connected)
        {
            yield return F($"never heard at the Realtime server: {run.Reading.Connected - run.Reading.Matched} calls");
        }

        if (run.Reading.Broken + run.Reading.Unreadable > 0)
        {
            yield return F($"unreadable: {run.Reading.Broken} stamps, {run.Reading.Unreadable} messages");
        }
    }

    private static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
