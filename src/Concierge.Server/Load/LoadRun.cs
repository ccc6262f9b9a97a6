using Concierge.Server.Node;
using Concierge.Simulation.Load;

namespace Concierge.Server.Load;

/// <summary>One measurement.</summary>
internal sealed record LoadRun
{
    /// <summary><see cref="LoadKinds.Relay"/>, <see cref="LoadKinds.Bridge"/>, or the name of a peer.</summary>
    public required string Kind { get; init; }

    public required int Calls { get; init; }

    /// <summary>How long frames were counted, in seconds.</summary>
    public required double Seconds { get; init; }

    public required LoadReading Reading { get; init; }

    /// <summary>What the process used while counting; null when it is not known which process it is.</summary>
    public ProcessUsage? Before { get; init; }

    /// <inheritdoc cref="Before"/>
    public ProcessUsage? After { get; init; }

    /// <summary>The process before its first call.</summary>
    public ProcessUsage? Idle { get; init; }

    /// <summary>The runtime's counters right before <see cref="CountersBefore"/>, with nothing between but the reading.</summary>
    public RuntimeCounters? CountersEarlier { get; init; }

    /// <summary>The runtime's counters around the counting, when the bridge is ours.</summary>
    public RuntimeCounters? CountersBefore { get; init; }

    /// <inheritdoc cref="CountersBefore"/>
    public RuntimeCounters? CountersAfter { get; init; }

    /// <summary>From the start of the process to its first answer, in milliseconds; null when it was not started here.</summary>
    public double? StartMilliseconds { get; init; }

    /// <summary>The share of the cores' time that the machine's host gave to others meanwhile, 0 to 1; null where that is not known.</summary>
    public double? StolenShare { get; init; }

    /// <summary>Why the run does not count; null when it does.</summary>
    public string? Discarded { get; init; }

    public double? UserPerCall => PerCall(Before?.User, After?.User);

    public double? SystemPerCall => PerCall(Before?.System, After?.System);

    /// <summary>CPU milliseconds per call and second.</summary>
    public double? CpuPerCall => UserPerCall + SystemPerCall;

    /// <summary>Of one core, how much was used.</summary>
    public double? CoreShare => CpuPerCall * Reading.Connected / 1000;

    /// <summary>Resident octets per call beyond the idle process.</summary>
    public double? ResidentPerCall => Idle is null || After is null || Reading.Connected == 0 ? null : (double)(After.ResidentBytes - Idle.ResidentBytes) / Reading.Connected;

    /// <summary>Managed octets allocated per frame, both directions counted, without those of reading the counters once.</summary>
    public double? AllocatedPerFrame => CountersBefore is null || CountersAfter is null || Frames == 0
        ? null
        : (double)Math.Max(0, CountersAfter.AllocatedBytes - CountersBefore.AllocatedBytes - OfReading) / Frames;

    private long OfReading => CountersEarlier is null || CountersBefore is null ? 0 : CountersBefore.AllocatedBytes - CountersEarlier.AllocatedBytes;

    /// <summary>Milliseconds the runtime stood still for the collector while frames were counted.</summary>
    public double? GcPauseMilliseconds => CountersAfter?.GcPauseMilliseconds - CountersBefore?.GcPauseMilliseconds;

    /// <summary>Milliseconds the runtime compiled code while frames were counted.</summary>
    public double? CompileMilliseconds => CountersAfter?.CompileMilliseconds - CountersBefore?.CompileMilliseconds;

    public long Frames => Reading.Up.Sent + Reading.Down.Sent;

    public long Lost => Reading.Up.Lost + Reading.Down.Lost;

    public long Late => Reading.Up.Late + Reading.Down.Late;

    /// <summary>The slower direction's percentiles, in nanoseconds.</summary>
    public long P50 => Math.Max(Reading.Up.P50, Reading.Down.P50);

    /// <inheritdoc cref="P50"/>
    public long P99 => Math.Max(Reading.Up.P99, Reading.Down.P99);

    /// <inheritdoc cref="P50"/>
    public long P999 => Math.Max(Reading.Up.P999, Reading.Down.P999);

    /// <summary>Whether it kept up: every call there, nothing lost, and the 99th percentile within the bound.</summary>
    public bool Holds(TimeSpan bound) => Reading.Connected == Calls && Reading.Matched == Calls && Lost == 0 && P99 <= bound.TotalNanoseconds;

    private double? PerCall(TimeSpan? before, TimeSpan? after) =>
        before is null || after is null || Reading.Connected == 0 ? null : (after - before)!.Value.TotalMilliseconds / Seconds / Reading.Connected;
}
