using System.Threading.Channels;
using Concierge.Calls.Life;
using Concierge.Calls.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concierge.Calls.Journal;

/// <summary>
/// The way from a call to the store. Handing a fact in never waits; one writer takes them from a bounded queue to the store in batches. When the store does not
/// answer in time, facts go to the spill file and are replayed in order when it is back. A fact that was written although the answer was lost is handed in again;
/// its id keeps it from being written twice.
/// </summary>
public sealed class CallJournal : IAsyncDisposable
{
    /// <summary>A fact is put aside once a store that writes between its attempts has refused it so often.</summary>
    private const int RejectAfter = 3;

    private readonly ICallStore _store;
    private readonly CallJournalOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<object> _queue;
    private readonly SpillFile _spill;
    private readonly Action<IReadOnlyCollection<CallFact>, IReadOnlyList<CallRecord>>? _written;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writer;
    private long _spilled;
    private long _dropped;
    private long _reported;
    private long _rejected;
    private long _awaySinceTicks;
    private TimeSpan _retry;
    private long _lastTry;
    private long _offset;
    private long _replayed;
    private int _trialCount;

    /// <summary>Starts writing. What an earlier run left in the spill file comes first.</summary>
    /// <param name="store">The store, migrated or not reachable.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock of retries.</param>
    /// <param name="log">Where absences are told, once each.</param>
    /// <param name="written">Told, on the writer's thread, what reached the store and what the calls came to.</param>
    /// <exception cref="CallStoreException">The spill file cannot be opened.</exception>
    public CallJournal(
        ICallStore store,
        CallJournalOptions options,
        TimeProvider time,
        ILogger<CallJournal>? log = null,
        Action<IReadOnlyCollection<CallFact>, IReadOnlyList<CallRecord>>? written = null)
    {
        _store = store;
        _options = options;
        _time = time;
        _log = log ?? (ILogger)NullLogger.Instance;
        _written = written;
        _spill = new SpillFile(options.SpillPath);
        _spilled = _spill.Count;
        _retry = options.MinRetry;
        _queue = Channel.CreateBounded<object>(new BoundedChannelOptions(options.Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        if (_spilled > 0)
        {
            _awaySinceTicks = time.GetUtcNow().Ticks;
            _retry = TimeSpan.Zero; // at once
        }

        _lastTry = time.GetTimestamp();

        _writer = Task.Run(RunAsync);
    }

    /// <summary>How it is.</summary>
    public CallJournalHealth Health
    {
        get
        {
            long away = Interlocked.Read(ref _awaySinceTicks);
            return new CallJournalHealth(
                away == 0,
                away == 0 ? null : new DateTimeOffset(away, TimeSpan.Zero),
                _queue.Reader.Count,
                Interlocked.Read(ref _spilled),
                Interlocked.Read(ref _dropped),
                Interlocked.Read(ref _rejected));
        }
    }

    /// <summary>Nobody waits for a replay, so that a slow store may take its time for one.</summary>
    private TimeSpan ReplayPatience => _options.WriteTimeout * 10;

    private bool IsAway => Interlocked.Read(ref _awaySinceTicks) != 0;

    /// <summary>Hands a fact in. Never waits; any thread.</summary>
    /// <param name="fact">The fact.</param>
    /// <returns>False when it was dropped: the queue is full, or the journal is closed.</returns>
    public bool TryRecord(CallFact fact)
    {
        if (_queue.Writer.TryWrite(fact))
        {
            return true;
        }

        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>Waits until everything handed in so far is safe: in the store, or in the spill file.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>When it is.</returns>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(reached, cancellationToken);
        await reached.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Writes what is queued, to the store or to the spill file, and closes it.</summary>
    /// <returns>When done.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_queue.Writer.TryComplete())
        {
            // What is queued still goes where it belongs; only pauses and replays are cut short, once the queue is empty.
            Task patience = Task.Delay(_options.WriteTimeout * 3, CancellationToken.None);
            await Task.WhenAny(_queue.Reader.Completion, patience);
            if (!IsAway)
            {
                await Task.WhenAny(_writer, patience); // the last batch has left the queue and is on its way to the store
            }

            await _stopping.CancelAsync();
            await _writer;
            _spill.Dispose();
            _stopping.Dispose();
        }
    }

    private async Task RunAsync()
    {
        List<CallFact> batch = new(_options.BatchSize);
        List<TaskCompletionSource> flushed = [];
        Task<bool> more = _queue.Reader.WaitToReadAsync().AsTask();
        Task<bool>? trial = null;
        try
        {
            while (true)
            {
                // 1. While the store is away, it is tried beside everything else: what comes meanwhile goes to the spill file at once.
                trial ??= StartTrial();
                if (!more.IsCompleted)
                {
                    Task other = trial ?? (IsAway ? UntilNextTryAsync() : more);
                    await Task.WhenAny(more, other);
                }

                if (trial is { IsCompleted: true })
                {
                    EndTrial(await trial);
                    trial = null;
                }

                // 2. What is queued becomes safe, in the store or on the disk.
                if (more.IsCompleted)
                {
                    if (!await more)
                    {
                        break;
                    }

                    await WriteQueuedAsync(batch, flushed);
                    more = _queue.Reader.WaitToReadAsync().AsTask();
                }
            }

            await (trial ?? Task.CompletedTask);
        }
        catch (Exception exception)
        {
            JournalLog.Failed(_log, exception);
            throw;
        }
    }

    private async Task WriteQueuedAsync(List<CallFact> batch, List<TaskCompletionSource> flushed)
    {
        batch.Clear();
        flushed.Clear();
        while (batch.Count < _options.BatchSize && _queue.Reader.TryRead(out object? item))
        {
            if (item is CallFact fact)
            {
                batch.Add(fact);
            }
            else
            {
                flushed.Add((TaskCompletionSource)item);
            }
        }

        if (batch.Count > 0 && (IsAway || !await TryStoreAsync(batch)))
        {
            await SpillAsync(batch);
        }

        flushed.ForEach(static f => f.TrySetResult());
        TellOverflow();
    }

    private async Task UntilNextTryAsync()
    {
        TimeSpan pause = _retry - _time.GetElapsedTime(_lastTry);
        await Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, _time, _stopping.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private async Task<bool> TryStoreAsync(IReadOnlyList<CallFact> facts)
    {
        (bool stored, string why) = await TryAppendAsync(facts, _options.WriteTimeout);
        if (!stored)
        {
            Interlocked.Exchange(ref _awaySinceTicks, _time.GetUtcNow().Ticks);
            _retry = _options.MinRetry;
            _lastTry = _time.GetTimestamp();
            JournalLog.StoreAway(_log, why);
        }

        return stored;
    }

    private async Task<(bool Stored, string Why)> TryAppendAsync(IReadOnlyList<CallFact> facts, TimeSpan within)
    {
        using CancellationTokenSource patience = Patience(within);
        try
        {
            // The store's own answer to the token may be late; its transaction then commits or does not, and the ids sort it out.
            IReadOnlyList<CallRecord> records = await _store.AppendAsync(facts, patience.Token).WaitAsync(patience.Token);
            _written?.Invoke(facts, records);
            return (true, "");
        }
        catch (OperationCanceledException)
        {
            return (false, "It does not answer in time.");
        }
        catch (CallStoreException exception)
        {
            return (false, exception.Message);
        }
    }

    private async Task SpillAsync(List<CallFact> facts)
    {
        while (true)
        {
            try
            {
                _spill.Append(facts);
                Interlocked.Exchange(ref _spilled, _spill.Count);
                return;
            }
            catch (IOException exception)
            {
                // Disk full as well: the batch waits here, the queue behind it, and what does not fit there is counted. Perhaps the store is back.
                JournalLog.SpillFailed(_log, exception.Message);
                if (_stopping.IsCancellationRequested)
                {
                    Interlocked.Add(ref _dropped, facts.Count);
                    return;
                }

                await Task.Delay(_options.MaxRetry, _time, _stopping.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
                if ((await TryAppendAsync(facts, _options.WriteTimeout)).Stored)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Begins to replay the next facts of the spill file when it is time to; ends the absence when there are none left.</summary>
    private Task<bool>? StartTrial()
    {
        if (!IsAway || _time.GetElapsedTime(_lastTry) < _retry)
        {
            return null;
        }

        List<CallFact> facts = _spill.Read(ref _offset, _options.BatchSize);
        if (facts.Count > 0)
        {
            _trialCount = facts.Count;
            return ReplayAsync(facts);
        }

        _spill.Clear();
        _offset = 0;
        Interlocked.Exchange(ref _spilled, 0);
        Interlocked.Exchange(ref _awaySinceTicks, 0);
        JournalLog.StoreBack(_log, _replayed);
        _replayed = 0;
        return null;
    }

    private void EndTrial(bool replayed)
    {
        _lastTry = _time.GetTimestamp();
        if (replayed)
        {
            _replayed += _trialCount;
            _retry = TimeSpan.Zero;
        }
        else
        {
            // From the beginning again: what is in the store already is known there by its ids.
            _offset = 0;
            _retry = TimeSpan.FromTicks(Math.Clamp(_retry.Ticks * 2, _options.MinRetry.Ticks, _options.MaxRetry.Ticks));
        }
    }

    private async Task<bool> ReplayAsync(List<CallFact> facts) =>
        (await TryAppendAsync(facts, ReplayPatience)).Stored || await TryOneByOneAsync(facts);

    /// <summary>A store that writes but refuses a batch refuses something in it: that is put aside, so that the rest comes through.</summary>
    private async Task<bool> TryOneByOneAsync(List<CallFact> facts)
    {
        foreach (CallFact fact in facts)
        {
            // A store that has only just come back fails a fact and then proves writable: that fact is tried again.
            (bool stored, string why) = await TryAppendAsync([fact], _options.WriteTimeout);
            for (int again = 0; !stored && again < RejectAfter; again++)
            {
                if (!await CanWriteAsync())
                {
                    return false;
                }

                (stored, why) = await TryAppendAsync([fact], _options.WriteTimeout);
            }

            if (stored)
            {
                continue;
            }

            _spill.Reject(fact);
            Interlocked.Increment(ref _rejected);
            JournalLog.Rejected(_log, fact.Kind, why);
        }

        return true;
    }

    private async Task<bool> CanWriteAsync()
    {
        using CancellationTokenSource patience = Patience(_options.WriteTimeout);
        try
        {
            DateTimeOffset now = _time.GetUtcNow();
            return await _store.TrySpendAsync($"probe/{Guid.NewGuid():N}", now, patience.Token).WaitAsync(patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or CallStoreException)
        {
            return false;
        }
    }

    private CancellationTokenSource Patience(TimeSpan span)
    {
        CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        source.CancelAfter(span);
        return source;
    }

    private void TellOverflow()
    {
        long dropped = Interlocked.Read(ref _dropped);
        if (dropped > _reported)
        {
            JournalLog.Overflow(_log, dropped - _reported);
            _reported = dropped;
        }
    }
}
