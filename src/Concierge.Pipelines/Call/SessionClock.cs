namespace Concierge.Pipelines;

/// <summary>Time since the session began. Monotonic; reads the provider's timestamp, never the wall clock.</summary>
internal sealed class SessionClock(TimeProvider provider)
{
    private readonly long _start = provider.GetTimestamp();

    /// <summary>The source of time.</summary>
    public TimeProvider Provider { get; } = provider;

    /// <summary>Time since the session began.</summary>
    public TimeSpan Now => Provider.GetElapsedTime(_start);
}
