namespace Concierge.Simulation.Twilio;

/// <summary>One turn of the callee as it happened. Times are on the stream's clock, which is also the sample clock of the recording.</summary>
public sealed record TwilioTwinTurn
{
    /// <summary>Index among the callee's turns of the scenario.</summary>
    public required int Index { get; init; }

    /// <summary>The clip said, or null.</summary>
    public string? Clip { get; init; }

    /// <summary>What is said.</summary>
    public string Transcript { get; init; } = "";

    /// <summary>When it began to say it.</summary>
    public required TimeSpan StartedAt { get; init; }

    /// <summary>When it had said it.</summary>
    public TimeSpan? EndedAt { get; internal set; }

    /// <summary>Whether the agent was speaking at that time: an interruption.</summary>
    public bool Interrupts { get; init; }

    /// <summary>For an interruption: when the last of the agent's interrupted speech was heard; null when it had not stopped before the callee's turn ended plus 200 ms.</summary>
    public TimeSpan? AgentStoppedAt { get; internal set; }
}
