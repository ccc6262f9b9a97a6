namespace Concierge.Server.Api;

/// <summary>The body of <c>POST /process-request</c>.</summary>
/// <param name="UserInput">What the user wants, in plain words.</param>
/// <param name="SessionId">The conversation to go on with; null for a new one.</param>
internal sealed record ProcessRequestBody(string? UserInput, string? SessionId = null);
