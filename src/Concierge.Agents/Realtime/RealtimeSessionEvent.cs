using Concierge.Agents.Guardrails;
using Concierge.Agents.Usage;
using Concierge.Pipelines;

namespace Concierge.Agents.Realtime;

/// <summary>Something that happened in a session, in order. The names are those of the agents SDK that its users come from.</summary>
/// <param name="At">Time since the session began.</param>
public abstract record RealtimeSessionEvent(TimeSpan At)
{
    /// <summary>An agent began to answer.</summary>
    public sealed record AgentStart(TimeSpan At, string Agent, string ResponseId) : RealtimeSessionEvent(At);

    /// <summary>An agent's answer is complete, however it ended; it may still be heard.</summary>
    /// <param name="At">When.</param>
    /// <param name="Agent">Who answered.</param>
    /// <param name="ResponseId">The answer.</param>
    /// <param name="Status"><c>completed</c>, <c>cancelled</c>, <c>failed</c> or <c>incomplete</c>.</param>
    /// <param name="Usage">What it used; null when the server does not say.</param>
    public sealed record AgentEnd(TimeSpan At, string Agent, string ResponseId, string Status, ResponseUsage? Usage) : RealtimeSessionEvent(At);

    /// <summary>One agent handed over to another; its instructions and tools are in force.</summary>
    public sealed record Handoff(TimeSpan At, string From, string To, string? Reason) : RealtimeSessionEvent(At);

    /// <summary>A tool began to work.</summary>
    public sealed record ToolStart(TimeSpan At, string Agent, string CallId, string Tool, string Arguments) : RealtimeSessionEvent(At);

    /// <summary>A tool answered, or failed.</summary>
    public sealed record ToolEnd(TimeSpan At, string Agent, string CallId, string Tool, string Output, bool IsError, TimeSpan Took) : RealtimeSessionEvent(At);

    /// <summary>A tool waits for <see cref="RealtimeSession.ApproveToolCall"/> or <see cref="RealtimeSession.RejectToolCall"/>.</summary>
    public sealed record ToolApprovalRequired(TimeSpan At, string Agent, string CallId, string Tool, string Arguments) : RealtimeSessionEvent(At);

    /// <summary>An event of the call itself, as the bridge tells it.</summary>
    public sealed record RawEvent(TimeSpan At, CallEvent Event) : RealtimeSessionEvent(At);

    /// <summary>The other side begins to hear an item of the agent.</summary>
    public sealed record Audio(TimeSpan At, string ResponseId, string ItemId) : RealtimeSessionEvent(At);

    /// <summary>The other side has heard an item to its end.</summary>
    public sealed record AudioEnd(TimeSpan At, string ResponseId, string ItemId) : RealtimeSessionEvent(At);

    /// <summary>The agent was cut off; <paramref name="Heard"/> of the item was heard.</summary>
    public sealed record AudioInterrupted(TimeSpan At, string ResponseId, string ItemId, TimeSpan Heard) : RealtimeSessionEvent(At);

    /// <summary>Something went wrong that the session survives.</summary>
    public sealed record Error(TimeSpan At, string Code, string Message) : RealtimeSessionEvent(At);

    /// <summary>An item joined the conversation.</summary>
    public sealed record HistoryAdded(TimeSpan At, HistoryItem Item) : RealtimeSessionEvent(At);

    /// <summary>An item changed: words were added, or it was completed or cut off.</summary>
    public sealed record HistoryUpdated(TimeSpan At, HistoryItem Item) : RealtimeSessionEvent(At);

    /// <summary>A guardrail tripped. For an answer, the agent has been silenced and told why.</summary>
    public sealed record GuardrailTripped(TimeSpan At, string Agent, GuardrailTrip Trip, string? ItemId) : RealtimeSessionEvent(At);

    /// <summary>The other side was silent for as long as the idle time-out.</summary>
    public sealed record InputTimeout(TimeSpan At, string ItemId) : RealtimeSessionEvent(At);

    /// <summary>The call is over; nothing follows.</summary>
    public sealed record SessionEnd(TimeSpan At, CallEndReason Reason) : RealtimeSessionEvent(At);
}
