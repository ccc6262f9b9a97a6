namespace Concierge.Pipelines.Control;

/// <summary>What the call waits for before it ends or is handed over.</summary>
/// <param name="Reason">What it ends with.</param>
/// <param name="Deadline">When it no longer waits.</param>
/// <param name="Transfer">To whom it is handed; null when it just ends.</param>
internal sealed record Farewell(CallEndReason Reason, TimeSpan Deadline, CallTransfer? Transfer = null)
{
    /// <summary>Whether the agent has yet to begin its last words.</summary>
    public bool AwaitsWords { get; set; }

    /// <summary>Whether a caller who speaks into it keeps the call up: an agent's own goodbye, not a limit.</summary>
    public bool YieldsToCaller => Reason == CallEndReason.AgentEnded;
}
