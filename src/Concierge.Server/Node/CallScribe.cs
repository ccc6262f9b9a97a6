using Concierge.Calls.Life;
using Concierge.Calls.Outcome;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using CallUsage = Concierge.Calls.Life.CallUsage;
using TranscriptEntry = Concierge.Calls.Outcome.TranscriptEntry;

namespace Concierge.Server.Node;

/// <summary>
/// Writes down what happens on one media stream: its beginning and end, what was said, how fast the agent answered, what it used. Runs on the call's control
/// loop and never waits: the book takes facts by the way. A turn in the middle is written as it grows, at most every <see cref="s_partial"/> by its own events and otherwise by
/// <see cref="ScribeRounds"/>, so that a crash loses less than a second.
/// </summary>
/// <param name="book">Where it is written.</param>
/// <param name="reportsEnd">Whether the end of the stream is the end of the call, for want of a carrier that says so.</param>
/// <param name="continues">Whether the call goes on elsewhere when the stream breaks off.</param>
/// <param name="words">Where words and keys are logged as well, because the operator asked for it; null for nowhere.</param>
internal sealed class CallScribe(CallBook book, bool reportsEnd, bool continues, ILogger? words = null) : ICallObserver
{
    private static readonly TimeSpan s_partial = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly CallTranscript _transcript = new();
    private readonly Dictionary<string, string> _written = new(StringComparer.Ordinal);
    private readonly HashSet<string> _whole = new(StringComparer.Ordinal);
    private string? _callId;
    private DateTimeOffset _startedAt;
    private TimeSpan _lastPartial;
    private bool _unwritten;
    private TimeSpan? _turnStart;
    private CallTurn? _turn;

    /// <summary>The stream is admitted; called before the first event.</summary>
    /// <param name="start">The stream.</param>
    /// <param name="recording">The file that its recording becomes; null when it is not recorded.</param>
    /// <returns>The call, as far as this node knows.</returns>
    public CallRecord Begin(StreamStart start, string? recording = null)
    {
        _callId = StreamCalls.IdOf(start);
        _startedAt = book.Now;
        book.Record(new CallFact.StreamStarted
        {
            CallId = _callId,
            FactId = $"{_callId}:stream:{start.StreamSid}",
            At = _startedAt,
            StreamSid = start.StreamSid,
            CallSid = start.CallSid,
            Node = book.Node,
        });
        if (recording is not null)
        {
            book.Record(new CallFact.RecordingStarted { CallId = _callId, FactId = $"{_callId}:recording_started:{start.StreamSid}", At = book.Now, Path = recording });
        }

        return book.Record(new CallFact.Reported
        {
            CallId = _callId,
            FactId = $"{_callId}:media",
            At = book.Now,
            State = CallState.InProgress,
            Cause = "media",
            Source = CallFactSource.Media,
            CallSid = start.CallSid,
        });
    }

    public void OnEvent(CallEvent callEvent)
    {
        lock (_gate)
        {
            Write(callEvent);
        }
    }

    /// <summary>Writes down the words that came since the last time and that no later event has brought along; any thread.</summary>
    public void Catch()
    {
        lock (_gate)
        {
            if (_unwritten)
            {
                WritePartials();
            }
        }
    }

    private void Write(CallEvent callEvent)
    {
        _transcript.OnEvent(callEvent);
        if (_callId is null)
        {
            return;
        }

        Measure(callEvent);
        switch (callEvent)
        {
            case CallEvent.CallerTranscriptCompleted said:
                Finish(said.ItemId);
                break;
            case CallEvent.AgentSpeechEnded ended:
                Finish(ended.ItemId);
                break;
            case CallEvent.AgentInterrupted interrupted:
                Finish(interrupted.ItemId);
                break;
            case CallEvent.DtmfReceived key when words is not null:
                NodeLog.KeyPressed(words, _callId, key.Digit);
                break;
        }

        _unwritten |= callEvent is CallEvent.CallerTranscriptDelta or CallEvent.AgentTranscriptDelta or CallEvent.AgentTranscriptCompleted or CallEvent.AgentSpeechStarted;
        if (callEvent.At - _lastPartial >= s_partial)
        {
            _lastPartial = callEvent.At;
            WritePartials();
        }
    }

    /// <summary>The session is over.</summary>
    public void End(CallResult result)
    {
        lock (_gate)
        {
            _unwritten = false;
            if (_callId is { } id)
            {
                End(id, result);
            }
        }
    }

    private void End(string id, CallResult result)
    {
        EndTurn();
        foreach (Pipelines.TranscriptEntry entry in result.Transcript.Where(e => _whole.Add(e.ItemId)))
        {
            WriteWhole(entry);
        }

        if (result.Recording is { } recording)
        {
            // Kept by its name in the recordings' folder, so that the folder may move and a deletion finds it.
            book.Record(new CallFact.Recorded
            {
                CallId = id,
                FactId = $"{id}:recording:{result.StreamSid}",
                At = book.Now,
                Recording = new Calls.Life.CallRecording(
                    Path.GetFileName(recording.Path), (long)recording.Duration.TotalMilliseconds, File.Exists(recording.Path) ? new FileInfo(recording.Path).Length : 0, 2, recording.Truncated),
            });
        }

        bool fault = !result.Reason.IsOrderly() && result.Reason is not CallEndReason.AgentEndedUnheard;
        book.Record(new CallFact.StreamEnded
        {
            CallId = id,
            FactId = $"{id}:ended:{result.StreamSid}",
            At = book.Now,
            Reason = result.Reason.Name(),
            Error = fault ? result.Reason.Describe() : null,
        });
        if (result.Reason.GoesOn())
        {
            return; // the call's end comes with its last stream
        }

        if (fault && !continues && !IsCarriers(result.Reason))
        {
            Report(id, CallState.Failed, result);
        }
        else if (reportsEnd)
        {
            Report(id, fault && !continues ? CallState.Failed : CallState.Completed, result);
        }
    }

    /// <summary>Whether the break is on the carrier's side, which then knows better how the call ended.</summary>
    private static bool IsCarriers(CallEndReason reason) => reason is CallEndReason.CarrierClosed or CallEndReason.CarrierDisconnected or CallEndReason.CarrierSilent;

    private void Report(string id, CallState state, CallResult result) => book.Record(new CallFact.Reported
    {
        CallId = id,
        FactId = $"{id}:media:{state.Name()}",
        At = book.Now,
        State = state,
        Cause = result.Reason.Name(),
        Source = CallFactSource.Media,
        DurationSeconds = reportsEnd ? (int)Math.Ceiling(result.Duration.TotalSeconds) : null,
        Error = state == CallState.Failed ? result.Reason.Describe() : null,
    });

    private void Finish(string itemId)
    {
        if (!_whole.Contains(itemId) && _transcript.ToEntries().FirstOrDefault(e => e.ItemId == itemId) is { } entry)
        {
            _whole.Add(itemId);
            WriteWhole(entry);
        }
    }

    private void WriteWhole(Pipelines.TranscriptEntry entry)
    {
        TranscriptEntry turn = Place(entry);
        book.Record(new CallFact.Said { CallId = _callId!, FactId = $"{_callId}:said:{entry.ItemId}", At = book.Now, ItemId = entry.ItemId, Entry = turn });
        if (words is not null)
        {
            NodeLog.Said(words, _callId!, turn.Speaker == TranscriptSpeaker.Agent ? "agent" : "caller", turn.Text.ReplaceLineEndings(" "));
        }
    }

    private void WritePartials()
    {
        _unwritten = false;
        foreach (Pipelines.TranscriptEntry entry in _transcript.ToEntries())
        {
            if (!_whole.Contains(entry.ItemId) && _written.GetValueOrDefault(entry.ItemId) != entry.Text)
            {
                _written[entry.ItemId] = entry.Text;
                book.Record(new CallFact.Saying { CallId = _callId!, At = book.Now, ItemId = entry.ItemId, Entry = Place(entry) });
            }
        }
    }

    /// <summary>A turn where it stands in the call: behind what was said on the streams before this one.</summary>
    private TranscriptEntry Place(Pipelines.TranscriptEntry entry) =>
        Turn(entry, book.FindLocal(_callId!)?.StreamStartedAt is { } first && first < _startedAt ? _startedAt - first : TimeSpan.Zero);

    /// <summary>A turn as it is written down.</summary>
    /// <param name="entry">The turn, on its stream's clock.</param>
    /// <param name="before">How long before that stream the call's first one began.</param>
    internal static TranscriptEntry Turn(Pipelines.TranscriptEntry entry, TimeSpan before)
    {
        long start = (long)(before + entry.Start).TotalMilliseconds;
        return new TranscriptEntry(
            entry.Speaker == CallSpeaker.Agent ? TranscriptSpeaker.Agent : TranscriptSpeaker.Caller,
            entry.Text,
            start,
            Math.Max(start, (long)(before + entry.End).TotalMilliseconds),
            entry.Interrupted);
    }

    private void Measure(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case CallEvent.CallerSpeechStopped stopped:
                _turnStart = stopped.At;
                break;
            case CallEvent.AgentSpeechStarted started when _turn is null || _turn.ResponseId != started.ResponseId:
                EndTurn();
                _turn = new CallTurn(started.ResponseId, (long)(_turnStart ?? started.FirstDelta).TotalMilliseconds, (started.At - (_turnStart ?? started.FirstDelta)).TotalMilliseconds, 0);
                _turnStart = null;
                break;
            case CallEvent.AgentSpeechEnded ended when _turn is { } turn && turn.ResponseId == ended.ResponseId:
                _turn = turn with { HeardMs = turn.HeardMs + ended.Heard.TotalMilliseconds };
                break;
            case CallEvent.AgentInterrupted cut when _turn is { } turn && turn.ResponseId == cut.ResponseId:
                _turn = turn with { HeardMs = turn.HeardMs + cut.Heard.TotalMilliseconds, Interrupted = true, ReactionMs = cut.Reaction.TotalMilliseconds };
                EndTurn();
                break;
            case CallEvent.PlaybackIdle:
                EndTurn();
                break;
            case CallEvent.ResponseEnded { Response: { Usage: { } used, Id: { } response } }:
                book.Record(new CallFact.UsageReported
                {
                    CallId = _callId!,
                    FactId = $"{_callId}:usage:{response}",
                    At = book.Now,
                    Usage = new CallUsage(used.Input, used.Output, used.InputAudio, used.OutputAudio, used.InputCached),
                });
                break;
        }
    }

    private void EndTurn()
    {
        if (_turn is { } turn)
        {
            book.Record(new CallFact.TurnMeasured { CallId = _callId!, FactId = $"{_callId}:turn:{turn.ResponseId}:{turn.StartMs}", At = book.Now, Turn = turn });
            _turn = null;
        }
    }
}
