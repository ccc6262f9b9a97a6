namespace Concierge.Server.Node;

/// <summary>What <c>GET /health</c> tells a load balancer.</summary>
/// <param name="Status"><c>healthy</c>, or <c>draining</c> with the status 503.</param>
/// <param name="Calls">Calls that run now.</param>
internal sealed record NodeHealth(string Status, int Calls);
