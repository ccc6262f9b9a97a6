namespace Concierge.Protocols.Realtime;

/// <summary>What one response should be, for <c>response.create</c>. A member that is null is not written, and the session's value holds.</summary>
public sealed record RealtimeResponseConfig
{
    /// <summary>Speech or text.</summary>
    public RealtimeModality? OutputModality { get; init; }

    /// <summary>Instructions for this response only.</summary>
    public string? Instructions { get; init; }

    /// <summary>The format of its audio.</summary>
    public RealtimeAudioFormat? OutputFormat { get; init; }

    /// <summary>Its voice; cannot differ from the session's once that has spoken.</summary>
    public string? Voice { get; init; }

    /// <summary>What the model may call in it.</summary>
    public IReadOnlyList<RealtimeTool>? Tools { get; init; }

    /// <summary>What it may or must call.</summary>
    public RealtimeToolChoice? ToolChoice { get; init; }

    /// <summary>Whether it may call several at once.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>How much it thinks.</summary>
    public RealtimeReasoningEffort? ReasoningEffort { get; init; }

    /// <summary>1 to 4096, or <see cref="RealtimeSessionConfig.UnlimitedOutputTokens"/>.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Whether the response stays out of the conversation (<c>conversation:"none"</c>).</summary>
    public bool OutOfBand { get; init; }

    /// <summary>Up to 16 pairs; keys up to 64, values up to 512 characters. Come back with the response.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>A prompt stored at the vendor.</summary>
    public RealtimePrompt? Prompt { get; init; }
}
