namespace Concierge.Simulation.Realtime;

/// <summary>One turn that the twin heard.</summary>
public sealed record RealtimeTwinUserTurn
{
    /// <summary>The user item.</summary>
    public required string ItemId { get; init; }

    /// <summary>Where speech began on the clock of the appended audio, prefix padding not included, in milliseconds; the turn's begin when no detector was on.</summary>
    public required double SpeechStartMs { get; init; }

    /// <summary>Where speech ended on that clock, trailing silence not included, in milliseconds.</summary>
    public required double SpeechEndMs { get; init; }

    /// <summary>When speech_started was sent, since the session opened; null when no detector was on.</summary>
    public TimeSpan? StartedAt { get; init; }

    /// <summary>When the turn was committed, since the session opened.</summary>
    public required TimeSpan CommittedAt { get; init; }

    /// <summary>What the scenario says was said.</summary>
    public required string Transcript { get; init; }

    /// <summary>Name of the scenario's clip expected here; null when the script had no more.</summary>
    public string? Clip { get; init; }
}
