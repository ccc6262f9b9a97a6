using System.Diagnostics;
using System.Text;
using Concierge.Pipelines.Media;
using Concierge.Pipelines.Playback;
using Concierge.Pipelines.Upstream;
using Concierge.Protocols.Realtime;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Legs;

/// <summary>
/// What happens on each event of a ready session. Audio and interruptions are dealt with here, on the model loop; everything else becomes
/// a <see cref="CallEvent"/> for the control loop.
/// </summary>
internal sealed class ModelEventHandler(
    CallSessionOptions options,
    SessionClock clock,
    CallCounters counters,
    CallEnding ending,
    PlaybackLedger ledger,
    ICallSignals signals,
    ModelOutput output,
    InterruptionGate gate,
    IModelFaults faults,
    LatencyHistogram deltaTime)
{
    private const int WarmUpDeltas = 20;

    private readonly InterruptedResponses _responses = new();
    private readonly AgentAudioPath _path = new(options, ledger);
    private readonly Lock _interruption = new();
    private bool _resetPath; // by an interruption, under its lock
    private volatile bool _retired;

    /// <summary>Whether the model cancels its own response when the caller speaks (PROTOCOL B.8).</summary>
    public bool ServerInterrupts { get; init; }

    /// <summary>Adds what an audio delta touches from here to the carrier's socket. The handler's parts are made together, so that they stand together.</summary>
    public void AddTo(WorkingSet set)
    {
        set.Add(this, 768);
        ledger.AddOutputTo(set);
    }

    /// <summary>Handles one event, given as its UTF-8 text.</summary>
    public void Handle(ReadOnlySpan<byte> utf8)
    {
        long start = options.MeasureLoops ? Stopwatch.GetTimestamp() : 0;
        ledger.FetchNewest();
        if (RealtimeServerEventParser.Parse(utf8, out RealtimeServerEvent e) != RealtimeError.None)
        {
            counters.ModelBadEvents++;
            return;
        }

        if (_retired)
        {
            HandleTranscript(utf8, e);
            return;
        }

        switch (e.Type)
        {
            case RealtimeServerEventType.ResponseOutputAudioDelta:
                HandleAudio(e, start);
                break;
            case RealtimeServerEventType.ResponseOutputAudioDone:
                FinishAudio(e);
                break;
            case RealtimeServerEventType.InputAudioBufferSpeechStarted:
                TimeSpan heard = clock.Now;
                gate.SpeechStarted(this, heard);
                signals.Post(new CallEvent.CallerSpeechStarted(heard, Text(e.ItemId), TimeSpan.FromMilliseconds(e.AudioStartMs)));
                break;
            case RealtimeServerEventType.InputAudioBufferSpeechStopped:
                gate.SpeechStopped();
                signals.Post(new CallEvent.CallerSpeechStopped(clock.Now, Text(e.ItemId), TimeSpan.FromMilliseconds(e.AudioEndMs)));
                break;
            case RealtimeServerEventType.ResponseCreated:
                BeginResponse(utf8);
                break;
            case RealtimeServerEventType.ResponseDone:
                FinishResponse(utf8);
                break;
            case RealtimeServerEventType.Error:
                HandleError(utf8);
                break;
            case RealtimeServerEventType.SessionUpdated:
                CheckFormats(utf8);
                break;
            case RealtimeServerEventType.InputAudioBufferTimeoutTriggered:
                signals.Post(new CallEvent.CallerTimedOut(clock.Now, Text(e.ItemId)));
                break;
            case RealtimeServerEventType.Unknown:
                counters.ModelUnknownEvents++;
                break;
            default:
                HandleTranscript(utf8, e);
                break;
        }
    }

    /// <summary>
    /// Stops what the agent is saying: late deltas are dropped from now on, the queue is discarded, the carrier cleared, and each item not
    /// heard to its end is truncated at the model. Nothing playing and nothing active: nothing is sent. Any thread.
    /// </summary>
    /// <param name="asked">When the cause was known, on the session's clock.</param>
    /// <param name="cancelHere">Whether the active response must be cancelled by us.</param>
    public void Interrupt(TimeSpan asked, bool cancelHere)
    {
        lock (_interruption)
        {
            bool active = _responses.TryInterruptActive();
            _resetPath |= active; // what the filter still holds belongs to an answer that is over
            Stop(asked, tellModel: true);
            if (active && cancelHere)
            {
                output.SendResponseCancel();
            }
        }
    }

    /// <summary>Another session has taken over: only what completes the transcript still counts.</summary>
    public void Retire() => _retired = true;

    /// <summary>
    /// The connection is lost. An answer received by half is stopped where the caller is, as by an interruption, and nothing is said to the model; one received whole
    /// plays on.
    /// </summary>
    /// <param name="at">When the loss was known, on the session's clock.</param>
    public void Abandon(TimeSpan at)
    {
        _retired = true;
        lock (_interruption)
        {
            if (_responses.TryInterruptActive() && ledger.HasOpenItems)
            {
                Stop(at, tellModel: false);
            }

            _responses.End();
            ledger.CompleteAll();
        }
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    /// <summary>Clears the carrier and the queue; each item not heard to its end is noted, and truncated at the model. Under the interruption's lock.</summary>
    private void Stop(TimeSpan asked, bool tellModel)
    {
        var truncations = new List<Truncation>();
        if (!ledger.Interrupt(truncations))
        {
            return;
        }

        TimeSpan cleared = clock.Now;
        counters.Interruptions++;
        _resetPath = true;
        foreach (Truncation truncation in truncations)
        {
            if (truncation.Item.IsLocal)
            {
                continue; // the node's own sound: the model knows nothing of it
            }

            _responses.Interrupt(truncation.Item.ResponseIdUtf8);
            if (tellModel)
            {
                output.SendTruncate(truncation.Item.ItemId, truncation.Item.ContentIndex, truncation.HeardMilliseconds);
            }

            signals.Post(new CallEvent.AgentInterrupted(
                cleared,
                truncation.Item.ResponseId,
                truncation.Item.ItemId,
                TimeSpan.FromMilliseconds(truncation.HeardMilliseconds),
                TimeSpan.FromMicroseconds(truncation.Item.ReceivedMicroseconds),
                cleared - asked));
        }
    }

    private static string ReadText(ReadOnlySpan<byte> utf8)
    {
        RealtimeServerEvents.ReadText(utf8, out string? text);
        return text ?? "";
    }

    private void HandleAudio(in RealtimeServerEvent delta, long start)
    {
        long allocated = options.MeasureLoops ? GC.GetAllocatedBytesForCurrentThread() : 0;
        long posted = options.MeasureLoops ? signals.Posted : 0;
        counters.AgentDeltas++;
        switch (Forward(delta))
        {
            case AgentAudioStatus.Late:
                counters.AgentDeltasLate++;
                return;
            case AgentAudioStatus.Rejected:
                counters.AgentDeltasRejected++;
                break;
            case AgentAudioStatus.Overflow:
                ending.TryEnd(CallEndReason.PlaybackOverflow, $"More than {options.PlaybackCapacity.TotalSeconds:0} s of audio is waiting to be heard.");
                break;
        }

        if (options.MeasureLoops && counters.AgentDeltas > WarmUpDeltas && posted == signals.Posted)
        {
            deltaTime.Record(Stopwatch.GetElapsedTime(start).Ticks * 100);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            counters.AgentLoopAllocatedBytes += allocated;
            counters.AgentLoopAllocatingDeltas += allocated > 0 ? 1 : 0;
            counters.AgentLoopMeasuredDeltas++;
        }
    }

    private AgentAudioStatus Forward(in RealtimeServerEvent delta)
    {
        // A delta is queued whole or not at all: an interruption by the controller waits the microseconds that this takes.
        lock (_interruption)
        {
            if (_responses.Contains(delta.ResponseId))
            {
                return AgentAudioStatus.Late;
            }

            if (_resetPath)
            {
                _resetPath = false;
                _path.Reset();
            }

            return _path.Forward(delta);
        }
    }

    private void FinishAudio(in RealtimeServerEvent e)
    {
        lock (_interruption)
        {
            if (!_responses.Contains(e.ResponseId))
            {
                _path.Finish(e.ResponseId, e.ItemId, e.ContentIndex);
            }
        }
    }

    private void BeginResponse(ReadOnlySpan<byte> utf8)
    {
        // The id stands in the response and nowhere else: this event has no response_id of its own (PROTOCOL B.9).
        RealtimeServerEvents.ReadResponse(utf8, out RealtimeResponseInfo? response);
        string id = response?.Id ?? "";
        _responses.Begin(Encoding.UTF8.GetBytes(id));
        counters.ModelBadEvents += id.Length == 0 ? 1 : 0;
        signals.Post(new CallEvent.ResponseStarted(clock.Now, id));
    }

    private void FinishResponse(ReadOnlySpan<byte> utf8)
    {
        _responses.End();
        ledger.CompleteAll();
        if (RealtimeServerEvents.ReadResponse(utf8, out RealtimeResponseInfo? response) == RealtimeError.None && response is not null)
        {
            signals.Post(new CallEvent.ResponseEnded(clock.Now, response));
        }
        else
        {
            counters.ModelBadEvents++;
        }
    }

    private void HandleError(ReadOnlySpan<byte> utf8)
    {
        if (RealtimeServerEvents.ReadError(utf8, out RealtimeErrorInfo? error) != RealtimeError.None || error is null)
        {
            counters.ModelBadEvents++;
            return;
        }

        if (RealtimeErrorCodes.IsFatal(error.Code))
        {
            faults.Lose(CallEndReason.ModelFatalError, $"{error.Code}: {error.Message}");
            return;
        }

        if (error.Code == RealtimeErrorCodes.SessionExpired)
        {
            // The close with 1001 that follows says nothing more (PROTOCOL B.2).
            faults.Lose(CallEndReason.ModelClosed, $"{error.Code}: {error.Message}");
            return;
        }

        if (error.Code == RealtimeErrorCodes.ActiveResponse && error.EventId == ModelOutput.ResponseCreateEventId)
        {
            signals.PostResponseRefused();
        }

        signals.Post(new CallEvent.ModelErrorReported(clock.Now, error));
    }

    private void CheckFormats(ReadOnlySpan<byte> utf8)
    {
        RealtimeServerEvents.ReadSession(utf8, out RealtimeSessionInfo? session);
        if (!FormatGuard.IsMet(session, FormatGuard.FormatOf(options.AudioMode), out string found))
        {
            faults.Lose(CallEndReason.ModelFormatMismatch, $"The session changed to {found} in mid-call.");
        }
        else
        {
            signals.Post(new CallEvent.SessionUpdated(clock.Now, session!));
        }
    }

    private void HandleTranscript(ReadOnlySpan<byte> utf8, in RealtimeServerEvent e)
    {
        switch (e.Type)
        {
            case RealtimeServerEventType.ResponseOutputAudioTranscriptDelta:
                signals.Post(new CallEvent.AgentTranscriptDelta(clock.Now, Text(e.ResponseId), Text(e.ItemId), ReadText(utf8)));
                break;
            case RealtimeServerEventType.ResponseOutputAudioTranscriptDone:
                signals.Post(new CallEvent.AgentTranscriptCompleted(clock.Now, Text(e.ResponseId), Text(e.ItemId), ReadText(utf8)));
                break;
            case RealtimeServerEventType.ConversationItemInputAudioTranscriptionDelta:
                signals.Post(new CallEvent.CallerTranscriptDelta(clock.Now, Text(e.ItemId), ReadText(utf8)));
                break;
            case RealtimeServerEventType.ConversationItemInputAudioTranscriptionCompleted:
                RealtimeServerEvents.ReadTranscription(utf8, out string? words, out RealtimeUsage? usage);
                signals.Post(new CallEvent.CallerTranscriptCompleted(clock.Now, Text(e.ItemId), words ?? "", usage));
                break;
        }
    }
}
