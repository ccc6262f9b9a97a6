namespace Concierge.Agents.Text;

/// <summary>A call of a tool by a text model.</summary>
/// <param name="CallId">Its id; the answer names it.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">JSON as text.</param>
public sealed record TextToolCall(string CallId, string Name, string Arguments);
