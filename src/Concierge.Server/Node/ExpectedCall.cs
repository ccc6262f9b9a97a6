namespace Concierge.Server.Node;

/// <summary>What is known of a call before its stream: enough to have the right agent's session ready.</summary>
/// <param name="CallId">This node's id of the call; null when it has none.</param>
/// <param name="Agent">The agent that the called number leads to; null for whoever the call itself asks for.</param>
internal readonly record struct ExpectedCall(string? CallId, string? Agent);
