namespace Concierge.Server.Node;

/// <summary>What <c>GET /</c> tells.</summary>
/// <param name="Service">Always <c>concierge</c>.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Status"><c>running</c> or <c>draining</c>.</param>
/// <param name="PublicDomain">What the carrier knows this node by, or null.</param>
/// <param name="Calls">Calls that run now.</param>
internal sealed record NodeStatus(string Service, string Version, string Status, string? PublicDomain, int Calls);
