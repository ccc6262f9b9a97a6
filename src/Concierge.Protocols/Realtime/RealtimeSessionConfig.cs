namespace Concierge.Protocols.Realtime;

/// <summary>
/// What a session should be, for <c>session.update</c> in the GA dialect. A member that is null is not written, and the server keeps what it has; an empty text or list
/// clears. The server applies all of an update or nothing, so compare its <c>session.updated</c> with what was asked before audio flows.
/// </summary>
public sealed record RealtimeSessionConfig
{
    /// <summary>Stands for <c>"inf"</c> in <see cref="MaxOutputTokens"/>.</summary>
    public const int UnlimitedOutputTokens = int.MaxValue;

    /// <summary>The model. Named in the URL when dialling; never written into an update, which may not change it.</summary>
    public string? Model { get; init; }

    /// <summary>Whether the session only transcribes; then only the input members and <see cref="IncludeTranscriptionLogProbs"/> are written.</summary>
    public bool TranscriptionOnly { get; init; }

    /// <summary>Speech or text.</summary>
    public RealtimeModality? OutputModality { get; init; }

    /// <summary>Who the agent is and how it behaves.</summary>
    public string? Instructions { get; init; }

    /// <summary>The format of the audio we send.</summary>
    public RealtimeAudioFormat? InputFormat { get; init; }

    /// <summary>The format of the audio we receive.</summary>
    public RealtimeAudioFormat? OutputFormat { get; init; }

    /// <summary>A voice by name; locked after the first audio.</summary>
    public string? Voice { get; init; }

    /// <summary>A custom voice by its id (<c>voice_...</c>); wins over <see cref="Voice"/>.</summary>
    public string? CustomVoiceId { get; init; }

    /// <summary>0.25 to 1.5; between turns only.</summary>
    public double? Speed { get; init; }

    /// <summary>How turns end.</summary>
    public RealtimeTurnDetection? TurnDetection { get; init; }

    /// <summary>How the caller's words are written down.</summary>
    public RealtimeTranscription? InputTranscription { get; init; }

    /// <summary>What is taken out of the caller's audio.</summary>
    public RealtimeNoiseReduction? NoiseReduction { get; init; }

    /// <summary>Asks for the log probabilities of the caller's transcript.</summary>
    public bool IncludeTranscriptionLogProbs { get; init; }

    /// <summary>What the model may call; an empty list takes all tools away.</summary>
    public IReadOnlyList<RealtimeTool>? Tools { get; init; }

    /// <summary>What it may or must call.</summary>
    public RealtimeToolChoice? ToolChoice { get; init; }

    /// <summary>Whether it may call several at once; reasoning models only.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>How much it thinks; reasoning models only.</summary>
    public RealtimeReasoningEffort? ReasoningEffort { get; init; }

    /// <summary>1 to 4096, or <see cref="UnlimitedOutputTokens"/>.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>What is forgotten first.</summary>
    public RealtimeTruncation? Truncation { get; init; }

    /// <summary>What the vendor's dashboard records.</summary>
    public RealtimeTracing? Tracing { get; init; }

    /// <summary>A prompt stored at the vendor.</summary>
    public RealtimePrompt? Prompt { get; init; }

    /// <summary>Everything that the server would refuse, found without asking it.</summary>
    /// <returns>One sentence per problem, naming the member and its range; empty when there is none.</returns>
    public IReadOnlyList<string> Validate() => RealtimeConfigRules.Check(this);
}
