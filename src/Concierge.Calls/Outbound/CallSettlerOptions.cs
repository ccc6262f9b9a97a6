namespace Concierge.Calls.Outbound;

/// <summary>When a call is looked after.</summary>
public sealed record CallSettlerOptions
{
    /// <summary>The pause between two rounds.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A node not heard of for so long is dead, and its calls are settled by another.</summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a callback may be late before the carrier is asked.</summary>
    public TimeSpan CallbackGrace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an unconfirmed order waits for a callback.</summary>
    public TimeSpan UnconfirmedGrace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long calls are kept once they are over; null for ever.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>The folder that recordings' paths are relative to; null when there is none.</summary>
    public string? RecordingsFolder { get; init; }
}
