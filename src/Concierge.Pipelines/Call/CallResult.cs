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

    /// <summary>Each answer's way from the caller's last word to the caller's ear.</summary>
    public CallTimeline Timeline { get; init; } = CallTimeline.Empty;

    /// <summary>What the model charged for, in tokens.</summary>
    public CallUsage Usage { get; init; } = CallUsage.None;

    /// <summary>What that costs by the node's price table; null when the table does not know the model.</summary>
    public CallCost? Cost { get; init; }

    /// <summary>Where the call was recorded; null when it was not.</summary>
    public CallRecording? Recording { get; init; }

    /// <summary>Real time per interruption, from the model's word to the agent stopped at the carrier and truncated at the model.</summary>
    public LatencyHistogram InterruptionTime { get; init; } = new();
}
