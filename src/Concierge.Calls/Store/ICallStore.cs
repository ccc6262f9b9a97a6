using Concierge.Calls.Life;

namespace Concierge.Calls.Store;

/// <summary>
/// Remembers calls: their facts, append-only, and the record each call's facts come to. Thread-safe; several nodes may share one database. Every member may
/// throw <see cref="CallStoreException"/> when the database cannot be reached; a call's media never waits for any of them.
/// </summary>
public interface ICallStore : IConversationStore, IAsyncDisposable
{
    /// <summary>What it is, for a log and the health page: <c>sqlite</c>, <c>postgresql</c>.</summary>
    string Name { get; }

    /// <summary>Creates the schema or brings it forward.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When done.</returns>
    /// <exception cref="CallStoreException">Unreachable, or written by a newer version of this program.</exception>
    Task MigrateAsync(CancellationToken cancellationToken);

    /// <summary>Writes facts and brings their calls' records forward, all or nothing. A fact whose id is known already is left out.</summary>
    /// <param name="facts">The facts, of any number of calls.</param>
    /// <param name="cancellationToken">Gives up; whether anything was written is then unknown, and handing the same facts in again is right.</param>
    /// <returns>The records of the calls that were touched.</returns>
    Task<IReadOnlyList<CallRecord>> AppendAsync(IReadOnlyCollection<CallFact> facts, CancellationToken cancellationToken);

    /// <summary>Reads one call.</summary>
    /// <param name="callId">This node's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The call, or null.</returns>
    Task<CallRecord?> GetAsync(string callId, CancellationToken cancellationToken);

    /// <summary>Reads one call by the carrier's SID.</summary>
    /// <param name="callSid">The SID.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The call, or null.</returns>
    Task<CallRecord?> FindBySidAsync(string callSid, CancellationToken cancellationToken);

    /// <summary>Lists calls, the newest first.</summary>
    /// <param name="query">Filters and paging.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One page.</returns>
    Task<CallPage> ListAsync(CallQuery query, CancellationToken cancellationToken);

    /// <summary>Reads a call's facts in the order they were written.</summary>
    /// <param name="callId">The call.</param>
    /// <param name="after">Only those after this position; 0 for all.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The facts with their positions.</returns>
    Task<IReadOnlyList<StoredFact>> ReadFactsAsync(string callId, long after, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes calls with everything known of them. Never deletes one that is not over.</summary>
    /// <param name="query">Which ones: one of its fields at least.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was deleted, with the recordings whose files are to go as well.</returns>
    Task<CallDeletion> DeleteAsync(CallDeletionQuery query, CancellationToken cancellationToken);

    /// <summary>Adds up what was dialled, for rates and budgets: over all nodes.</summary>
    /// <param name="since">Calls created from then on.</param>
    /// <param name="to">Only calls to this number; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The figures.</returns>
    Task<OutboundTally> TallyOutboundAsync(DateTimeOffset since, string? to, CancellationToken cancellationToken);

    /// <summary>Spends a one-time token, over all nodes.</summary>
    /// <param name="token">What identifies it.</param>
    /// <param name="expiresAt">When it may be forgotten.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when it was spent before.</returns>
    Task<bool> TrySpendAsync(string token, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <summary>Says that a node lives.</summary>
    /// <param name="node">Its name.</param>
    /// <param name="incarnation">This run of it.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When written.</returns>
    Task BeatAsync(string node, string incarnation, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Finds calls that are not over and whose node has not been heard of, or has been started again, since.</summary>
    /// <param name="deadline">A node not heard of since then is dead.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The calls nobody answers for.</returns>
    Task<IReadOnlyList<CallRecord>> FindOrphansAsync(DateTimeOffset deadline, int limit, CancellationToken cancellationToken);
}
