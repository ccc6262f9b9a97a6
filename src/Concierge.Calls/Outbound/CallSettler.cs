using Concierge.Calls.Carrier;
using Concierge.Calls.Life;
using Concierge.Calls.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concierge.Calls.Outbound;

/// <summary>
/// Looks after calls whose news do not come: asks the carrier, ends what ran over its time, gives up on what nobody knows, takes over what a dead node left, and
/// deletes what is past its retention. One per node; every step may run on two nodes at once without harm.
/// </summary>
public sealed class CallSettler
{
    private static readonly TimeSpan s_purgeEvery = TimeSpan.FromHours(1);

    private readonly CallBook _book;
    private readonly ICarrierClient? _carrier;
    private readonly OutboundCallsOptions? _outbound;
    private readonly CallSettlerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Dictionary<string, DateTimeOffset> _asked = new(StringComparer.Ordinal);
    private DateTimeOffset _purged;

    /// <summary>Creates a settler; <see cref="RunAsync"/> sets it going.</summary>
    /// <param name="book">The calls.</param>
    /// <param name="carrier">Who is asked; null when no carrier is configured.</param>
    /// <param name="outbound">The bounds of outbound calls; null when none are placed.</param>
    /// <param name="options">When.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where it is told.</param>
    public CallSettler(CallBook book, ICarrierClient? carrier, OutboundCallsOptions? outbound, CallSettlerOptions options, TimeProvider time, ILogger<CallSettler>? log = null)
    {
        _book = book;
        _carrier = carrier;
        _outbound = outbound;
        _options = options;
        _time = time;
        _log = log ?? (ILogger)NullLogger.Instance;
    }

    /// <summary>Goes round until cancelled.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>When stopped.</returns>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(cancellationToken);
                await Task.Delay(_options.Interval, _time, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>One round: heartbeat, this node's calls, others' orphans, retention.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>When done. Failures are logged and tried again in the next round.</returns>
    public async Task RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SettleOwnAsync(cancellationToken);
            string[] node = _book.Node.Split('/', 2);
            await _book.Store.BeatAsync(node[0], node.ElementAtOrDefault(1) ?? "", _book.Now, cancellationToken);
            foreach (CallRecord orphan in await _book.Store.FindOrphansAsync(_book.Now - _options.NodeTimeout, 100, cancellationToken))
            {
                await SettleOrphanAsync(orphan, cancellationToken);
            }

            await PurgeAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is CallStoreException or CarrierException)
        {
            OutboundLog.SettlingFailed(_log, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            OutboundLog.SettlerFailed(_log, exception);
        }
    }

    private async Task SettleOwnAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<CallRecord> live = _book.Live;
        foreach (string gone in _asked.Keys.Except(live.Select(c => c.Id)).ToArray())
        {
            _asked.Remove(gone);
        }

        foreach (CallRecord call in live.Where(c => !c.IsFinal && (c.Node is null || c.Node == _book.Node)))
        {
            if (call.CallSid is null && call.Direction == CallDirection.Outbound)
            {
                if (_book.Now - call.CreatedAt > _options.UnconfirmedGrace)
                {
                    Report(call, CallState.Failed, "unconfirmed", "The carrier never confirmed the call.");
                }
            }
            else if (DueCause(call) is { } cause && MayAsk(call))
            {
                await AskAsync(call, cause, cancellationToken);
            }
        }
    }

    /// <summary>Why a call is overdue; null when it is not.</summary>
    private string? DueCause(CallRecord call)
    {
        DateTimeOffset late = _book.Now - _options.CallbackGrace;
        if (call.HangupCause is not null && call.HangupAt < late)
        {
            return call.HangupCause;
        }

        if (!call.IsStreaming && call.StreamEndedAt < late)
        {
            return "stream_ended";
        }

        if (_outbound is not null && call.Direction == CallDirection.Outbound)
        {
            if (call.State < CallState.InProgress && call.CreatedAt + _outbound.RingTimeout < late)
            {
                return "ring_timeout";
            }

            if (call.AnsweredAt + _outbound.TimeLimit < late)
            {
                return "time_limit";
            }
        }

        return null;
    }

    /// <summary>Of one call the carrier is asked once per grace, not in every round.</summary>
    private bool MayAsk(CallRecord call)
    {
        if (_asked.TryGetValue(call.Id, out DateTimeOffset last) && _book.Now - last < _options.CallbackGrace)
        {
            return false;
        }

        _asked[call.Id] = _book.Now;
        return true;
    }

    private async Task AskAsync(CallRecord call, string cause, CancellationToken cancellationToken)
    {
        if (_carrier is null || call.CallSid is not { } sid)
        {
            if (call is { IsStreaming: false, StreamEndedAt: not null })
            {
                Report(call, CallState.Completed, call.StreamEndReason ?? cause, null);
            }

            return;
        }

        CarrierCall? there = await _carrier.FetchAsync(sid, cancellationToken);
        if (there is null)
        {
            Report(call, CallState.Failed, "unknown_to_carrier", "The carrier does not know the call.");
            return;
        }

        if (!there.State.IsFinal() && cause is not "stream_ended")
        {
            // Over its time, and the carrier's own limit did not end it.
            OutboundLog.HangingUp(_log, call.Id, cause);
            _book.Record(new CallFact.HangupRequested { CallId = call.Id, At = _book.Now, Cause = cause });
            there = await _carrier.EndAsync(sid, there.State == CallState.InProgress, cancellationToken) ?? there;
        }

        CallRecord now = CarrierReports.Record(_book, call.Id, there, there.State.IsFinal() ? "reconciled" : cause);
        if (now.IsFinal)
        {
            OutboundLog.Reconciled(_log, call.Id, now.State.Name());
        }
    }

    private async Task SettleOrphanAsync(CallRecord orphan, CancellationToken cancellationToken)
    {
        OutboundLog.Orphan(_log, orphan.Id);
        CarrierCall? there = null;
        if (!orphan.IsFinal && orphan.CallSid is { } sid && _carrier is not null)
        {
            there = await _carrier.FetchAsync(sid, cancellationToken);
            if (there is { } running && !running.State.IsFinal())
            {
                // Its media died with its node: whoever is on the line hears nothing any more.
                there = await _carrier.EndAsync(sid, running.State == CallState.InProgress, cancellationToken) ?? running;
            }
        }

        if (orphan.IsStreaming)
        {
            _book.Record(new CallFact.StreamEnded
            {
                CallId = orphan.Id,
                FactId = orphan.Id + ":stream_lost",
                At = _book.Now,
                Reason = "node_lost",
                Error = "The node that carried the call was lost.",
                Streams = Math.Max(1, orphan.Streams - orphan.StreamsEnded),
            });
        }

        await KeepRecordingsAsync(orphan, cancellationToken);

        // A call whose media broke off with its node failed, whatever the carrier calls its end.
        bool inCall = orphan.IsStreaming;
        if (there is { } known && known.State.IsFinal() && !(inCall && known.State == CallState.Completed))
        {
            CarrierReports.Record(_book, orphan.Id, known, "reconciled");
        }
        else if (!orphan.IsFinal)
        {
            Report(orphan, CallState.Failed, "node_lost", "The node that carried the call was lost.");
        }

        await _book.FlushAsync(cancellationToken);
    }

    /// <summary>What a lost node was recording is in its folder still, whole up to its last second: it stays the call's.</summary>
    private async Task KeepRecordingsAsync(CallRecord orphan, CancellationToken cancellationToken)
    {
        List<string> begun = [];
        for (long position = 0; position >= 0;)
        {
            IReadOnlyList<StoredFact> facts = await _book.Store.ReadFactsAsync(orphan.Id, position, 1_000, cancellationToken);
            begun.AddRange(facts.Select(f => f.Fact).OfType<CallFact.RecordingStarted>().Select(f => f.Path));
            foreach (CallFact.Recorded made in facts.Select(f => f.Fact).OfType<CallFact.Recorded>())
            {
                begun.RemoveAll(path => RecordingFiles.Names(path).Contains(made.Recording.Path));
            }

            position = facts.Count == 1_000 ? facts[^1].Position : -1;
        }

        foreach (string path in begun)
        {
            long bytes = _options.RecordingsFolder is { } folder ? RecordingFiles.SizeOf(folder, path) : 0;
            _book.Record(new CallFact.Recorded
            {
                CallId = orphan.Id,
                FactId = $"{orphan.Id}:recovered:{path}",
                At = _book.Now,
                Recording = new CallRecording(RecordingFiles.RecoveredPath(path), RecordingFiles.DurationMs(bytes), bytes, 2, Truncated: true),
            });
        }
    }

    private void Report(CallRecord call, CallState state, string cause, string? error) => _book.Record(new CallFact.Reported
    {
        CallId = call.Id,
        FactId = $"{call.Id}:settled:{cause}",
        At = _book.Now,
        State = state,
        Cause = cause,
        Source = CallFactSource.Node,
        Error = error,
    });

    private async Task PurgeAsync(CancellationToken cancellationToken)
    {
        if (_options.Retention is not { } keep || _book.Now - _purged < s_purgeEvery)
        {
            return;
        }

        _purged = _book.Now;
        CallDeletion deleted = await _book.Store.DeleteAsync(new CallDeletionQuery { EndedBefore = _book.Now - keep }, cancellationToken);
        RecordingFiles.Delete(_options.RecordingsFolder, deleted.Recordings, _log);
        if (deleted.CallIds.Count > 0)
        {
            OutboundLog.Purged(_log, deleted.CallIds.Count);
        }
    }
}
