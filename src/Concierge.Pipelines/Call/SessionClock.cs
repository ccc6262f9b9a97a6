namespace Concierge.Pipelines;

/// <summary>Time since the session began. Monotonic; reads the provider's timestamp, never the wall clock.</summary>
internal sealed class SessionClock(TimeProvider provider)
{
    private readonly long _start = provider.GetTimestamp();

    // As TimeProvider.GetElapsedTime reckons, without asking for the frequency and dividing by it at every frame.
    private readonly double _ticksPerStamp = (double)TimeSpan.TicksPerSecond / provider.TimestampFrequency;

    /// <summary>The source of time.</summary>
    public TimeProvider Provider { get; } = provider;

    /// <summary>Time since the session began.</summary>
    public TimeSpan Now => new((long)((Provider.GetTimestamp() - _start) * _ticksPerStamp));
}
