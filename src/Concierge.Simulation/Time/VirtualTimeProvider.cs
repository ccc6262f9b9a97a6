namespace Concierge.Simulation.Time;

/// <summary>The clock of a <see cref="VirtualTimeLoop"/>. One timestamp unit is 100 ns; the local time zone is UTC; timers have no granularity of their own.</summary>
public sealed class VirtualTimeProvider : TimeProvider
{
    private readonly VirtualTimeLoop _loop;
    private readonly DateTimeOffset _start;

    internal VirtualTimeProvider(VirtualTimeLoop loop, DateTimeOffset start)
    {
        _loop = loop;
        _start = start;
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => _loop.NowTicks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start.AddTicks(_loop.NowTicks);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(_loop, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
