using System.Globalization;

namespace Concierge.Server.Load;

/// <summary>What the terminal shows.</summary>
internal static class LoadScreen
{
    public const string Heading = "calls  kind     cpu ms/call-s  (user/system)  core   p50       p99       p99.9     max       lost  late   kB/call  B/frame  jit ms";

    /// <summary>One run on one line, and a second when it does not count or something was refused.</summary>
    public static string Line(LoadRun run)
    {
        string cpu = run.CpuPerCall is { } all ? F($"{all,7:0.000}       {run.UserPerCall:0.00}/{run.SystemPerCall:0.00}      {run.CoreShare,4:0%}") : "      –           –            – ";
        string line = F($"{run.Calls,5}  {run.Kind,-7} {cpu}   {Time(run.P50),-8}  {Time(run.P99),-8}  {Time(run.P999),-8}  {Time(Math.Max(run.Reading.Up.Max, run.Reading.Down.Max)),-8} {run.Lost,5} {run.Late,5} {(run.ResidentPerCall is { } r ? F($"{r / 1024,8:0}") : "       –")} {(run.AllocatedPerFrame is { } a ? F($"{a,8:0.00}") : "       –")} {(run.CompileMilliseconds is { } j ? F($"{j,7:0}") : "      –")}");
        foreach (string remark in Remarks(run))
        {
            line += Environment.NewLine + "       " + remark;
        }

        return line;
    }

    /// <summary>What a step came to.</summary>
    public static IEnumerable<string> Summary(LoadOptions options, IReadOnlyList<LoadStep> steps)
    {
        foreach (LoadStep step in steps)
        {
            if (step.Ratio(run => run.CpuPerCall) is { } cpu)
            {
                yield return F($"{step.Calls,5} calls: CPU {cpu:0.00}x the relay's, p99 {step.Ratio(run => run.P99):0.00}x, p99.9 {step.Ratio(run => run.P999):0.00}x (medians of {step.Of(LoadKinds.Bridge).Count()} and {step.Of(LoadKinds.Relay).Count()} runs)");
            }
        }

        if (steps.Count > 1)
        {
            LoadStep? largest = steps.LastOrDefault(step => step.Holds(options.Bound) == true);
            yield return largest is null
                ? F($"no step held: p99 within {options.Bound.TotalMilliseconds:0.##} ms, no frame lost")
                : F($"largest step that held: {largest.Calls} calls with p99 {Time((long)largest.Median(LoadKinds.Bridge, run => run.P99)!.Value)} (bound {options.Bound.TotalMilliseconds:0.##} ms), no frame lost");
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

    private static IEnumerable<string> Remarks(LoadRun run)
    {
        if (run.Discarded is { } why)
        {
            yield return "not counted: " + why;
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
