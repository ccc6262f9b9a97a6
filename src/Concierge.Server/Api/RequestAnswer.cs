namespace Concierge.Server.Api;

/// <summary>What is told to a request in plain words.</summary>
/// <param name="Response">The answer in words.</param>
/// <param name="SessionId">The conversation it belongs to.</param>
/// <param name="CallId">The call that was placed, or null.</param>
internal sealed record RequestAnswer(string Response, string SessionId, string? CallId = null);
