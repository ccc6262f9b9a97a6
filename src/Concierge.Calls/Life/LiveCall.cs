namespace Concierge.Calls.Life;

/// <summary>What this node knows of one call beyond the store: the facts that are on their way there. Guarded by the book's lock.</summary>
internal sealed class LiveCall
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<CallFact> _pending = [];
    private CallRecord? _stored;
    private TaskCompletionSource? _changed;

    /// <summary>The call as far as this node knows it.</summary>
    public CallRecord? Current { get; private set; }

    public bool HasPending => _pending.Count > 0;

    /// <summary>Whether the fact that the call began with is in it: the agent and the request are known.</summary>
    public bool KnowsBeginning { get; private set; }

    /// <summary>Takes a fact in.</summary>
    /// <returns>False when it is known already.</returns>
    public bool Add(CallFact fact)
    {
        if (!_seen.Add(fact.FactId))
        {
            return false;
        }

        _pending.Add(fact);
        KnowsBeginning |= fact is CallFact.Created;
        Current = CallFold.Apply(Current, fact);
        Signal();
        return true;
    }

    /// <summary>The store has these, and this is what the call came to there.</summary>
    public void Acknowledge(IReadOnlyCollection<string> factIds, CallRecord record)
    {
        _pending.RemoveAll(f => factIds.Contains(f.FactId));
        See(record);
    }

    /// <summary>The store's record, which may hold what other nodes wrote.</summary>
    public CallRecord See(CallRecord record)
    {
        if (_stored is null || record.Version >= _stored.Version)
        {
            _stored = record;
            KnowsBeginning |= record.Agent is not null || record.Request is not null || record.Reservation is not null || record.From is not null;
            Current = _pending.Aggregate(record, CallFold.Apply);
            Signal();
        }

        return Current ?? record;
    }

    /// <summary>Completes at the next change.</summary>
    public Task Changed() => (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private void Signal()
    {
        _changed?.TrySetResult();
        _changed = null;
    }
}
