using Concierge.Calls.Store;

namespace Concierge.Server.Node;

/// <summary>What a store knows of a call.</summary>
internal static class CallHistory
{
    /// <summary>All facts of a call, in the order in which they were written.</summary>
    public static async Task<List<StoredFact>> ReadAsync(ICallStore store, string callId, CancellationToken cancellationToken)
    {
        List<StoredFact> facts = [];
        while (true)
        {
            IReadOnlyList<StoredFact> some = await store.ReadFactsAsync(callId, facts.Count == 0 ? 0 : facts[^1].Position, 1_000, cancellationToken);
            facts.AddRange(some);
            if (some.Count < 1_000)
            {
                return facts;
            }
        }
    }
}
