namespace Concierge.Protocols.Realtime;

/// <summary>How much a reasoning model thinks before it speaks (gpt-realtime-2 and later; server default low).</summary>
public enum RealtimeReasoningEffort : byte
{
    /// <summary>Least.</summary>
    Minimal,

    /// <summary>Little.</summary>
    Low,

    /// <summary>Some.</summary>
    Medium,

    /// <summary>Much.</summary>
    High,

    /// <summary>Most.</summary>
    XHigh,
}
