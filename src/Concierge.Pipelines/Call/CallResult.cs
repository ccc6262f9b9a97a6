namespace Concierge.Pipelines;

/// <summary>What remains of a call when its session is over.</summary>
public sealed record CallResult
{
    /// <summary>Why it ended.</summary>
    public required CallEndReason Reason { get; init; }

    /// <summary>What went wrong, in words; null when nothing did.</summary>
    public string? Detail { get; init; }

    /// <summary>The stream's SID; empty when no start arrived.</summary>
    public required string StreamSid { get; init; }

    /// <summary>The call's SID; empty when no start arrived.</summary>
    public required string CallSid { get; init; }

    /// <summary>From the first byte to the end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What was said, in order.</summary>
    public required IReadOnlyList<TranscriptEntry> Transcript { get; init; }

    /// <summary>What was carried, dropped and ignored.</summary>
    public required CallCounters Counters { get; init; }

    /// <summary>Time inside this program per caller frame, from its arrival to its hand-over to the model's socket (only when loops are measured).</summary>
    public required LatencyHistogram CallerFrameTime { get; init; }

    /// <summary>Time inside this program per audio delta, from its arrival to the hand-over of what the window allows (only when loops are measured).</summary>
    public required LatencyHistogram AgentDeltaTime { get; init; }
}
