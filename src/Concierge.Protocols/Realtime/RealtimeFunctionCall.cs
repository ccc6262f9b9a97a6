namespace Concierge.Protocols.Realtime;

/// <summary>A call to a function of ours, from <c>response.function_call_arguments.done</c>.</summary>
/// <param name="ResponseId">The response that calls.</param>
/// <param name="ItemId">The item that calls.</param>
/// <param name="CallId">What the output must name.</param>
/// <param name="Name">The function; null from servers that name it in the item only.</param>
/// <param name="Arguments">JSON as a string; may be cut short when the response was cancelled: wait for the status.</param>
public sealed record RealtimeFunctionCall(string? ResponseId, string? ItemId, string CallId, string? Name, string Arguments);
