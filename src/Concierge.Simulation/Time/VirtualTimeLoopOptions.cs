namespace Concierge.Simulation.Time;

/// <summary>Where a <see cref="VirtualTimeLoop"/>'s clock begins and when it gives up.</summary>
public sealed record VirtualTimeLoopOptions
{
    /// <summary>What <see cref="TimeProvider.GetUtcNow"/> shows first. Default: 2026-01-05 18:00 UTC, a Monday evening.</summary>
    public DateTimeOffset StartTime { get; init; } = new(2026, 1, 5, 18, 0, 0, TimeSpan.Zero);

    /// <summary>Real time to wait for work from other threads before a parked loop is called a deadlock. Default: 2 s.</summary>
    public TimeSpan OutsideWorkTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Virtual time after which the run is taken for one that never ends. Default: 24 h.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(24);
}
