namespace Concierge.Agents.Tools;

/// <summary>How a tool is carried out, whatever it does.</summary>
public sealed record AgentToolOptions
{
    /// <summary>The defaults.</summary>
    public static AgentToolOptions Default { get; } = new();

    /// <summary>How long it may take before the model is told that it did not answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest result in characters; what is beyond is cut off, and the model is told so.</summary>
    public int MaxResultLength { get; init; } = 16_000;

    /// <summary>Whether somebody must agree to each call first (<see cref="Realtime.RealtimeSession.ApproveToolCall"/>).</summary>
    public bool RequiresApproval { get; init; }

    /// <summary>What is said on a call while the tool works; null for silence.</summary>
    public ToolFiller? Filler { get; init; }
}
