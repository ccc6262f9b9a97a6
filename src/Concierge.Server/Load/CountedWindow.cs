using System.Diagnostics;
using Concierge.Server.Node;

namespace Concierge.Server.Load;

/// <summary>
/// The time in which frames count, and what is read around it. Whatever asks the bridge for something stands outside: an answer costs the core that carries the frames some milliseconds, and
/// what it allocates. Between the window and each such reading lies <see cref="Apart"/>, so that neither meets the other's frames.
/// </summary>
internal sealed record CountedWindow
{
    /// <summary>Between the last answer and the first frame that counts, and between the last such frame and the next question. What the bridge allocates in it is counted with the rest.</summary>
    public static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(100);

    /// <summary>How long frames were counted, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <inheritdoc cref="LoadRun.CountersEarlier"/>
    public RuntimeCounters? CountersEarlier { get; init; }

    /// <inheritdoc cref="LoadRun.CountersBefore"/>
    public RuntimeCounters? CountersBefore { get; init; }

    /// <inheritdoc cref="LoadRun.CountersBefore"/>
    public RuntimeCounters? CountersAfter { get; init; }

    /// <inheritdoc cref="LoadRun.Before"/>
    public ProcessUsage? Before { get; init; }

    /// <inheritdoc cref="LoadRun.Before"/>
    public ProcessUsage? After { get; init; }

    /// <inheritdoc cref="LoadRun.StolenShare"/>
    public double? StolenShare { get; init; }

    /// <summary>Counts for a while.</summary>
    /// <param name="duration">How long.</param>
    /// <param name="counters">Asks the bridge for its runtime's counters.</param>
    /// <param name="usage">Reads what the bridge's process has used; costs the bridge nothing.</param>
    /// <param name="host">Reads the time that the host gave to others, likewise.</param>
    /// <param name="start">Has frames counted from now on.</param>
    /// <param name="stop">Has frames counted no more, at once; completes when those that count have arrived.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<CountedWindow> RunAsync(
        TimeSpan duration, Func<Task<RuntimeCounters?>> counters, Func<ProcessUsage?> usage, Func<HostTime?> host, Action start, Func<Task> stop, CancellationToken cancellationToken)
    {
        // Asked three times: the first answer makes what later ones use again, and what lies between the other two is what an answer itself allocates.
        await counters();
        RuntimeCounters? earlier = await counters();
        RuntimeCounters? before = await counters();
        await Task.Delay(Apart, cancellationToken);
        ProcessUsage? usedBefore = usage();
        HostTime? hostBefore = host();
        long began = Stopwatch.GetTimestamp();
        start();
        await Task.Delay(duration, cancellationToken);
        ProcessUsage? usedAfter = usage();
        double? stolen = host()?.ShareSince(hostBefore);
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Task arrived = stop();
        await Task.Delay(Apart, cancellationToken);
        RuntimeCounters? after = await counters();
        await arrived;
        return new CountedWindow
        {
            Seconds = seconds,
            CountersEarlier = earlier,
            CountersBefore = before,
            CountersAfter = after,
            Before = usedBefore,
            After = usedAfter,
            StolenShare = stolen,
        };
    }
}
