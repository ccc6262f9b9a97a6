namespace Concierge.Protocols.Realtime;

/// <summary>One entry of <c>rate_limits.updated</c>.</summary>
/// <param name="Name"><c>requests</c> or <c>tokens</c>.</param>
/// <param name="Limit">The limit; null when the server does not say.</param>
/// <param name="Remaining">What is left of it; null when the server does not say.</param>
/// <param name="ResetSeconds">Seconds until it is whole again; null when the server does not say.</param>
public sealed record RealtimeRateLimit(string? Name, long? Limit, long? Remaining, double? ResetSeconds);
