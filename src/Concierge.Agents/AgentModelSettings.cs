using Concierge.Protocols.Realtime;

namespace Concierge.Agents;

/// <summary>How an agent's model is set up. Null members keep what the node or the model's server has.</summary>
public sealed record AgentModelSettings
{
    /// <summary>Nothing set.</summary>
    public static AgentModelSettings Default { get; } = new();

    /// <summary>The model of a text agent; a call's model is the node's, for it is dialled before the agent is known.</summary>
    public string? Model { get; init; }

    /// <summary>The voice. A session that has spoken keeps its voice (PROTOCOL B.3), so that a hand-off in mid-call does not change it.</summary>
    public string? Voice { get; init; }

    /// <summary>0.25 to 1.5 times the voice's own speed.</summary>
    public double? Speed { get; init; }

    /// <summary>Text agents only, 0 to 2: the Realtime API has no temperature.</summary>
    public double? Temperature { get; init; }

    /// <summary>The longest answer in tokens, 1 to 4096.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Which tools the model may or must call.</summary>
    public RealtimeToolChoice? ToolChoice { get; init; }

    /// <summary>Whether it may call several tools at once.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>How much a reasoning model thinks.</summary>
    public RealtimeReasoningEffort? ReasoningEffort { get; init; }

    /// <summary>How the other side's turn ends.</summary>
    public RealtimeTurnDetection? TurnDetection { get; init; }

    /// <summary>How the other side's words are written down.</summary>
    public RealtimeTranscription? Transcription { get; init; }

    /// <summary>What is taken out of the other side's audio.</summary>
    public RealtimeNoiseReduction? NoiseReduction { get; init; }

    /// <summary>The session of a new call: what is set here over what the node has.</summary>
    /// <param name="node">The node's own settings.</param>
    internal RealtimeSessionConfig Over(RealtimeSessionConfig node) => node with
    {
        Voice = Voice ?? node.Voice,
        Speed = Speed ?? node.Speed,
        MaxOutputTokens = MaxOutputTokens ?? node.MaxOutputTokens,
        ToolChoice = ToolChoice ?? node.ToolChoice,
        ParallelToolCalls = ParallelToolCalls ?? node.ParallelToolCalls,
        ReasoningEffort = ReasoningEffort ?? node.ReasoningEffort,
        TurnDetection = TurnDetection ?? node.TurnDetection,
        InputTranscription = Transcription ?? node.InputTranscription,
        NoiseReduction = NoiseReduction ?? node.NoiseReduction,
    };
}
