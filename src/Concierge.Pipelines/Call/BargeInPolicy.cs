namespace Concierge.Pipelines;

/// <summary>When the caller's voice stops the agent's.</summary>
public sealed record BargeInPolicy
{
    /// <summary>False: the agent always finishes; what the caller says meanwhile is answered afterwards.</summary>
    public bool Allowed { get; init; } = true;

    /// <summary>Whether the first thing the agent says is heard to its end: who is calling, and what the law wants said.</summary>
    public bool ProtectOpening { get; init; }

    /// <summary>How long the caller must go on speaking before the agent is stopped; 0 stops it at the model's first word of it.</summary>
    public TimeSpan MinimumSpeech { get; init; }

    /// <summary>The node's own ear, faster than the model's; null leaves it to the model alone.</summary>
    public LocalBargeIn? Local { get; init; }

    /// <summary>Whether the server may cut its response off by itself: nothing here could object.</summary>
    internal bool LeftToTheServer => Allowed && !ProtectOpening && MinimumSpeech <= TimeSpan.Zero;
}
