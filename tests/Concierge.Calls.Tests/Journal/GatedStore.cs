using System.Collections.Concurrent;
using Concierge.Calls.Life;
using Concierge.Calls.Store;

namespace Concierge.Calls.Tests.Journal;

/// <summary>A real store whose line can be cut: at once, after the commit but before the answer, or by never answering.</summary>
internal sealed class GatedStore(ICallStore inner) : ICallStore
{
    public enum Line
    {
        Up,
        Down,
        AnswerLost,
        Silent,
    }

    public Line State { get; set; }

    /// <summary>A fact whose id is here is refused for good.</summary>
    public ConcurrentDictionary<string, bool> Poison { get; } = new();

    /// <summary>Happens between the reading of a record and its arrival.</summary>
    public Func<Task>? AfterGet { get; set; }

    public string Name => inner.Name;

    public Task MigrateAsync(CancellationToken cancellationToken) => inner.MigrateAsync(cancellationToken);

    public async Task<IReadOnlyList<CallRecord>> AppendAsync(IReadOnlyCollection<CallFact> facts, CancellationToken cancellationToken)
    {
        Line state = State;
        await PassAsync(state, cancellationToken);
        if (facts.Any(f => Poison.ContainsKey(f.FactId)))
        {
            throw new CallStoreException("value out of range");
        }

        IReadOnlyList<CallRecord> records = await inner.AppendAsync(facts, cancellationToken);
        return state == Line.AnswerLost ? throw new CallStoreException("connection reset") : records;
    }

    public async Task<bool> TrySpendAsync(string token, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        await PassAsync(State, cancellationToken);
        return await inner.TrySpendAsync(token, expiresAt, cancellationToken);
    }

    public async Task<CallRecord?> GetAsync(string callId, CancellationToken cancellationToken)
    {
        await PassAsync(State, cancellationToken);
        CallRecord? read = await inner.GetAsync(callId, cancellationToken);
        await (AfterGet?.Invoke() ?? Task.CompletedTask);
        return read;
    }

    public async Task<CallRecord?> FindBySidAsync(string callSid, CancellationToken cancellationToken)
    {
        await PassAsync(State, cancellationToken);
        return await inner.FindBySidAsync(callSid, cancellationToken);
    }

    public Task<CallPage> ListAsync(CallQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

    public Task<IReadOnlyList<StoredFact>> ReadFactsAsync(string callId, long after, int limit, CancellationToken cancellationToken) => inner.ReadFactsAsync(callId, after, limit, cancellationToken);

    public Task<CallDeletion> DeleteAsync(CallDeletionQuery query, CancellationToken cancellationToken) => inner.DeleteAsync(query, cancellationToken);

    public Task<OutboundTally> TallyOutboundAsync(DateTimeOffset since, string? to, CancellationToken cancellationToken) => inner.TallyOutboundAsync(since, to, cancellationToken);

    public Task BeatAsync(string node, string incarnation, DateTimeOffset now, CancellationToken cancellationToken) => inner.BeatAsync(node, incarnation, now, cancellationToken);

    public Task<IReadOnlyList<CallRecord>> FindOrphansAsync(DateTimeOffset deadline, int limit, CancellationToken cancellationToken) => inner.FindOrphansAsync(deadline, limit, cancellationToken);

    public Task<IReadOnlyList<string>> ReadConversationAsync(string sessionId, int? last, CancellationToken cancellationToken) => inner.ReadConversationAsync(sessionId, last, cancellationToken);

    public Task AppendConversationAsync(string sessionId, IReadOnlyList<string> items, DateTimeOffset now, CancellationToken cancellationToken) =>
        inner.AppendConversationAsync(sessionId, items, now, cancellationToken);

    public Task<string?> PopConversationAsync(string sessionId, CancellationToken cancellationToken) => inner.PopConversationAsync(sessionId, cancellationToken);

    public Task<bool> DeleteConversationAsync(string sessionId, CancellationToken cancellationToken) => inner.DeleteConversationAsync(sessionId, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static async Task PassAsync(Line state, CancellationToken cancellationToken)
    {
        switch (state)
        {
            case Line.Down:
                throw new CallStoreException("connection refused");
            case Line.Silent:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
        }
    }
}
