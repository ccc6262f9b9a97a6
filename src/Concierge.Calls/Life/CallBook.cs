using Concierge.Calls.Journal;
using Concierge.Calls.Store;
using Microsoft.Extensions.Logging;

namespace Concierge.Calls.Life;

/// <summary>
/// Every call as it stands now: the store's word, and on top of it what this node knows and the store does not yet. Recording never waits; reading asks the
/// store, so that what another node learned is seen, and does without it while it is away. Thread-safe.
/// </summary>
public sealed class CallBook : IAsyncDisposable
{
    private static readonly TimeSpan s_readPatience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LiveCall> _live = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly CallJournal _journal;

    /// <summary>Opens the book.</summary>
    /// <param name="store">Where calls are remembered; not disposed with the book.</param>
    /// <param name="journal">Bounds and spill file of the way there.</param>
    /// <param name="node">This node and this run of it, <c>name/incarnation</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where absences of the store are told.</param>
    /// <exception cref="CallStoreException">The spill file cannot be opened.</exception>
    public CallBook(ICallStore store, CallJournalOptions journal, string node, TimeProvider time, ILogger<CallJournal>? log = null)
    {
        Store = store;
        Node = node;
        _time = time;
        _journal = new CallJournal(store, journal, time, log, OnWritten);
    }

    /// <summary>The store beneath.</summary>
    public ICallStore Store { get; }

    /// <summary>This node and this run of it, <c>name/incarnation</c>.</summary>
    public string Node { get; }

    /// <summary>How the way to the store is.</summary>
    public CallJournalHealth Health => _journal.Health;

    /// <summary>The clock's time, for facts.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Calls that this node has to do with and that are not settled, as far as it knows.</summary>
    public IReadOnlyList<CallRecord> Live
    {
        get
        {
            lock (_gate)
            {
                return [.. _live.Values.Select(c => c.Current).OfType<CallRecord>().Where(c => !c.IsSettled)];
            }
        }
    }

    /// <summary>Takes a fact in. Never waits; any thread. A fact whose id is known already changes nothing.</summary>
    /// <param name="fact">The fact.</param>
    /// <returns>The call with it, as far as this node knows.</returns>
    public CallRecord Record(CallFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        lock (_gate)
        {
            LiveCall call = Get(fact.CallId);
            if (call.Add(fact))
            {
                _journal.TryRecord(fact);
            }

            return call.Current!;
        }
    }

    /// <summary>The call as this node knows it by itself, without asking the store; for where nobody can wait.</summary>
    /// <param name="callId">This node's id.</param>
    /// <returns>The call; null when this node does not know how it began.</returns>
    public CallRecord? FindLocal(string callId)
    {
        lock (_gate)
        {
            return _live.TryGetValue(callId, out LiveCall? call) && call.KnowsBeginning ? call.Current : null;
        }
    }

    /// <summary>The call as it stands.</summary>
    /// <param name="callId">This node's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The call, or null.</returns>
    /// <exception cref="CallStoreException">The store is away and this node knows nothing of the call.</exception>
    public Task<CallRecord?> GetAsync(string callId, CancellationToken cancellationToken) =>
        MergeAsync(token => Store.GetAsync(callId, token), () => _live.GetValueOrDefault(callId), cancellationToken);

    /// <summary>The call with a SID of the carrier.</summary>
    /// <param name="callSid">The SID.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The call, or null.</returns>
    /// <exception cref="CallStoreException">The store is away and this node knows nothing of the call.</exception>
    public Task<CallRecord?> FindBySidAsync(string callSid, CancellationToken cancellationToken) =>
        MergeAsync(token => Store.FindBySidAsync(callSid, token), () => _live.Values.FirstOrDefault(c => c.Current?.CallSid == callSid), cancellationToken);

    /// <summary>Waits for news of a call: at once what this node learns, within a second or so what another one does.</summary>
    /// <param name="callId">The call.</param>
    /// <param name="atMost">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When there may be news.</returns>
    public async Task WaitForChangeAsync(string callId, TimeSpan atMost, CancellationToken cancellationToken)
    {
        Task change;
        lock (_gate)
        {
            change = _live.TryGetValue(callId, out LiveCall? call) ? call.Changed() : Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        try
        {
            await change.WaitAsync(atMost, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nothing from here; the store may know more.
        }
    }

    /// <summary>Waits until everything recorded so far is safe, in the store or on this node's disk.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is.</returns>
    public Task FlushAsync(CancellationToken cancellationToken) => _journal.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _journal.DisposeAsync();

    private async Task<CallRecord?> MergeAsync(Func<CancellationToken, Task<CallRecord?>> read, Func<LiveCall?> find, CancellationToken cancellationToken)
    {
        while (true)
        {
            LiveCall? before;
            lock (_gate)
            {
                before = find();
            }

            CallRecord? stored = null;
            CallStoreException? away = null;
            try
            {
                stored = await read(cancellationToken).WaitAsync(s_readPatience, _time, cancellationToken);
            }
            catch (CallStoreException exception)
            {
                away = exception;
            }
            catch (TimeoutException exception)
            {
                away = new CallStoreException("The call store does not answer in time.", inner: exception);
            }

            lock (_gate)
            {
                LiveCall? live = stored is null ? find() : _live.GetValueOrDefault(stored.Id);
                if (before is not null && live is null && away is null)
                {
                    continue; // it left this node for the store while that was read: what was read may be older than what is there now
                }

                CallRecord? known = stored is null ? live?.Current : live?.See(stored) ?? stored;
                return known is null && away is not null ? throw away : known;
            }
        }
    }

    private LiveCall Get(string callId)
    {
        if (!_live.TryGetValue(callId, out LiveCall? call))
        {
            _live[callId] = call = new LiveCall();
        }

        return call;
    }

    private void OnWritten(IReadOnlyCollection<CallFact> facts, IReadOnlyList<CallRecord> records)
    {
        HashSet<string> ids = [.. facts.Select(f => f.FactId)];
        HashSet<string> calls = [.. facts.Select(f => f.CallId)];
        lock (_gate)
        {
            foreach (CallRecord record in records)
            {
                calls.Remove(record.Id);
                if (_live.TryGetValue(record.Id, out LiveCall? call))
                {
                    call.Acknowledge(ids, record);
                    if (record.IsSettled && !call.HasPending)
                    {
                        _live.Remove(record.Id); // the store knows it all
                    }
                }
            }

            foreach (string deleted in calls)
            {
                _live.Remove(deleted);
            }
        }
    }
}
