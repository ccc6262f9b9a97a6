namespace Concierge.Agents.Realtime;

/// <summary>One item of a conversation.</summary>
/// <param name="ItemId">Its id; the history holds each once.</param>
/// <param name="Role">Whose it is.</param>
/// <param name="Text">The words so far; of a tool call, its arguments or its output. Kept when the item is cut off.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Agent">The agent that spoke or called; null for the other side.</param>
/// <param name="ToolName">The tool; null unless a call or an output of one.</param>
/// <param name="At">When it began, since the session began.</param>
public sealed record HistoryItem(string ItemId, HistoryRole Role, string Text, HistoryStatus Status, string? Agent, string? ToolName, TimeSpan At);
