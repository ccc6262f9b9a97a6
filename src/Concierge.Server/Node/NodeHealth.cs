namespace Concierge.Server.Node;

/// <summary>What <c>GET /health</c> tells a load balancer.</summary>
/// <param name="Status"><c>healthy</c>, or <c>draining</c> with the status 503.</param>
/// <param name="Calls">Calls that run now.</param>
/// <param name="Store">How the call store is: <c>available</c>, or <c>away</c> while calls go on and their records wait on disk; null without a store.</param>
/// <param name="Waiting">Records that wait for the store.</param>
/// <param name="Warming">True while the node plays calls to itself after its start; it serves, but slower than it will. Null afterwards.</param>
internal sealed record NodeHealth(string Status, int Calls, string? Store = null, long? Waiting = null, bool? Warming = null);
