namespace Concierge.Protocols.Realtime;

/// <summary>A conversation item as the server describes it.</summary>
/// <param name="Id">The item's id.</param>
/// <param name="Type"><c>message</c>, <c>function_call</c>, <c>function_call_output</c>, <c>mcp_call</c>, ...</param>
/// <param name="Role"><c>user</c>, <c>assistant</c> or <c>system</c>; null unless a message.</param>
/// <param name="Status"><c>completed</c>, <c>incomplete</c> or <c>in_progress</c>.</param>
/// <param name="Phase"><c>commentary</c> or <c>final_answer</c> on reasoning models.</param>
/// <param name="CallId">The call's id; null unless a function call or its output.</param>
/// <param name="Name">The function's name; null unless a function call.</param>
/// <param name="Arguments">The call's arguments, JSON as a string; may be cut short unless the status is <c>completed</c>.</param>
/// <param name="Output">A function call's output.</param>
/// <param name="Text">All texts and transcripts of the content, joined by a space.</param>
public sealed record RealtimeItemInfo(
    string? Id,
    string? Type,
    string? Role,
    string? Status,
    string? Phase,
    string? CallId,
    string? Name,
    string? Arguments,
    string? Output,
    string Text)
{
    /// <summary>Whether the item calls a function of ours.</summary>
    public bool IsFunctionCall => Type == "function_call";
}
