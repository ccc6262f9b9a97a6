using System.Threading.Channels;
using Concierge.Pipelines.Legs;
using Concierge.Pipelines.Media;
using Concierge.Pipelines.Playback;
using Concierge.Pipelines.Upstream;
using Concierge.Protocols.Realtime;
using Microsoft.Extensions.Logging;

namespace Concierge.Pipelines.Control;

/// <summary>
/// The one reader of a call's signals: tells the controller and the observers what happened, in order, and carries out what the controller
/// asks for. Off the media loops; a controller that takes its time holds up nobody's voice.
/// </summary>
internal sealed class CallControlLoop : ICallControl, ICallSignals, IPlaybackListener, IConductActions
{
    /// <summary>Signals that may wait. A controller that is this far behind has failed.</summary>
    private const int Capacity = 2048;

    private readonly Channel<CallSignal> _signals = Channel.CreateBounded<CallSignal>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly CallSessionOptions _options;
    private readonly SessionClock _clock;
    private readonly CallEnding _ending;
    private readonly ICallController _controller;
    private readonly IReadOnlyList<ICallObserver> _observers;
    private readonly ILogger _logger;
    private PlaybackLedger? _ledger;
    private InterruptionGate? _gate;
    private readonly CarrierRequests _carrier;
    private readonly ConversationMemory _memory;
    private readonly ResponseSequencer _sequencer = new();
    private volatile ModelLink? _link;
    private volatile bool _isEnding;
    private CallerAudioPath? _injected; // what the controller adds as the caller's, with a filter history of its own
    private volatile bool _callerSpeaks;
    private CancellationToken _callOver;
    private ConductKeeper? _keeper;
    private CallConduct _conduct = CallConduct.Default;
    private Farewell? _farewell;
    private long _dueTicks = long.MaxValue; // when the wheel is to wake this loop
    private long _posted;
    private bool _responding;
    private int _holdingSounds;

    public CallControlLoop(
        CallSessionOptions options,
        SessionClock clock,
        CallEnding ending,
        ICallController controller,
        IReadOnlyList<ICallObserver> observers,
        ConversationMemory memory,
        ICallSteering? steering,
        ILogger logger)
    {
        _options = options;
        _clock = clock;
        _ending = ending;
        _controller = controller;
        _observers = observers;
        _memory = memory;
        _carrier = new CarrierRequests(steering, options.GoodbyeTimeout, clock, ending, failure => Post(new CallSignal(CallSignalKind.SteeringDone, failure)));
        _logger = logger;
    }

    /// <summary>Told before the loop runs: the ledger and the loop know each other.</summary>
    public void Bind(PlaybackLedger ledger, InterruptionGate gate)
    {
        _ledger = ledger;
        _gate = gate;
    }

    /// <summary>How the agent behaves; known before the model is dialled.</summary>
    public void Behave(CallConduct conduct) => Post(new CallSignal(CallSignalKind.Conduct, conduct));

    /// <inheritdoc/>
    public long Posted => Volatile.Read(ref _posted);

    /// <inheritdoc/>
    public string StreamSid { get; set; } = "";

    /// <inheritdoc/>
    public string CallSid { get; set; } = "";

    /// <summary>Whether the agent's last words have begun, and only their end is waited for. Any thread.</summary>
    public bool IsEnding => _isEnding;

    /// <summary>What the carrier was asked for, and what came of it.</summary>
    public CarrierRequests Carrier => _carrier;

    /// <summary>A session is ready and takes the place of the one before it, if there was one. Whether it has; false when the token ends the wait.</summary>
    public async Task<bool> ReplaceAsync(ModelReplacement replacement, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static state => ((ModelReplacement)state!).Answer(false), replacement);
        Post(new CallSignal(CallSignalKind.ModelReplaced, replacement));
        return await replacement.Taken;
    }

    /// <summary>The connection to the model is lost.</summary>
    public void Detach(TimeSpan at, CallEndReason reason, string detail)
    {
        Post(new CallSignal(CallSignalKind.ModelGone));
        Post(new CallEvent.ModelLost(at, reason, detail));
    }

    /// <inheritdoc/>
    public void Post(CallEvent callEvent) => Post(new CallSignal(CallSignalKind.Event, callEvent));

    /// <inheritdoc/>
    public void PostResponseRefused() => Post(new CallSignal(CallSignalKind.ResponseRefused));

    /// <inheritdoc/>
    public void RequestResponse(string? instructions = null) => Post(new CallSignal(CallSignalKind.RequestResponse, instructions));

    /// <inheritdoc/>
    public void SubmitToolOutput(string callId, string output, bool respond = true) =>
        Post(new CallSignal(CallSignalKind.ToolOutput, output, callId, respond));

    /// <inheritdoc/>
    public void SendUserText(string text) => Post(new CallSignal(CallSignalKind.UserText, text));

    /// <inheritdoc/>
    public void SendSystemText(string text) => Post(new CallSignal(CallSignalKind.SystemText, text));

    /// <inheritdoc/>
    public void SendAudio(ReadOnlyMemory<byte> muLaw, bool commit = false) =>
        Post(new CallSignal(CallSignalKind.Audio, new InjectedAudio(muLaw, commit)));

    /// <inheritdoc/>
    public void UpdateSession(RealtimeSessionConfig config)
    {
        RealtimeClientEvents.ThrowIfUnwritable(config);
        Post(new CallSignal(CallSignalKind.SessionUpdate, config));
    }

    /// <inheritdoc/>
    public void Interrupt() => Post(new CallSignal(CallSignalKind.Interrupt));

    /// <inheritdoc/>
    public void EndAfterPlayback() => Post(new CallSignal(CallSignalKind.EndAfterPlayback));

    /// <inheritdoc/>
    public void PressKeys(string keys, KeyMethod method = KeyMethod.InStream)
    {
        CallTones.ThrowIfNone(keys);
        Post(new CallSignal(CallSignalKind.PressKeys, keys, Respond: method == KeyMethod.CallUpdate));
    }

    /// <inheritdoc/>
    public void Transfer(CallTransfer transfer)
    {
        ArgumentNullException.ThrowIfNull(transfer);
        Post(new CallSignal(CallSignalKind.Transfer, transfer));
    }

    /// <inheritdoc/>
    public void End(CallEndReason reason) => _ending.TryEnd(reason);

    void IPlaybackListener.OnItemStarted(PlaybackItem item, TimeSpan at)
    {
        if (!item.IsLocal)
        {
            Post(new CallEvent.AgentSpeechStarted(at, item.ResponseId, item.ItemId, item.FirstDelta));
        }
    }

    void IPlaybackListener.OnItemPlayed(PlaybackItem item, TimeSpan at)
    {
        if (!item.IsLocal)
        {
            Post(new CallEvent.AgentSpeechPlayed(at, item.ResponseId, item.ItemId));
        }
    }

    void IPlaybackListener.OnItemHeard(PlaybackItem item, TimeSpan duration)
    {
        if (!item.IsLocal)
        {
            _gate?.OpeningHeard();
            Post(new CallEvent.AgentSpeechEnded(_clock.Now, item.ResponseId, item.ItemId, duration));
        }
    }

    void IPlaybackListener.OnIdle() => Post(new CallEvent.PlaybackIdle(_clock.Now));

    /// <summary>The call is over: a response that is still being made is not paid for any further. Any thread.</summary>
    public void CancelResponse() => _link?.Events.Interrupt(_clock.Now, cancelHere: true);

    /// <summary>Whether the model hears the caller speak, as far as it has said. Any thread.</summary>
    public bool CallerSpeaks => _callerSpeaks;

    /// <summary>Time has passed: wakes the loop when something has fallen due. The wheel's thread.</summary>
    public void Tick(TimeSpan now)
    {
        if (now.Ticks >= Volatile.Read(ref _dueTicks))
        {
            Volatile.Write(ref _dueTicks, long.MaxValue); // until the loop has looked
            Post(new CallSignal(CallSignalKind.Due));
        }
    }

    /// <summary>No more signals follow.</summary>
    public void Complete() => _signals.Writer.TryComplete();

    /// <summary>Runs until <see cref="Complete"/>, then tells everybody that the call has ended.</summary>
    /// <param name="callOver">Cancelled when the call ends: what the controller has under way is not needed any more.</param>
    /// <param name="cancellationToken">Cancelled when the session no longer waits for the controller.</param>
    public async Task RunAsync(CancellationToken callOver, CancellationToken cancellationToken)
    {
        _callOver = callOver;
        try
        {
            while (await _signals.Reader.WaitToReadAsync(cancellationToken))
            {
                while (_signals.Reader.TryRead(out CallSignal signal))
                {
                    await HandleAsync(signal, cancellationToken);
                    LookAhead();
                }
            }

            await TellAsync(new CallEvent.CallEnded(_clock.Now, _ending.Reason), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session gave up waiting for the controller.
        }
        catch (Exception e)
        {
            // The controller is somebody else's code: whatever it throws ends this call, and only this call.
            CallLog.ControllerFailed(_logger, CallSid, e);
            _ending.TryEnd(CallEndReason.ControllerFailed, e.Message);
        }
    }

    private void Post(CallSignal signal)
    {
        Interlocked.Increment(ref _posted);
        if (!_signals.Writer.TryWrite(signal) && _ending.Reason == CallEndReason.None)
        {
            _ending.TryEnd(CallEndReason.ControllerFailed, $"The controller is {Capacity} events behind.");
        }
    }

    private async ValueTask HandleAsync(CallSignal signal, CancellationToken cancellationToken)
    {
        ModelLink? link = _link;
        switch (signal.Kind)
        {
            case CallSignalKind.Event:
                await HandleEventAsync((CallEvent)signal.Payload!, cancellationToken);
                break;
            case CallSignalKind.RequestResponse:
                _sequencer.Request((string?)signal.Payload);
                _keeper?.OnRequested(_clock.Now);
                break;
            case CallSignalKind.ResponseRefused:
                _sequencer.OnRefused();
                break;
            case CallSignalKind.ToolOutput:
                if (!TryAnswer(signal.Id!, (string)signal.Payload!, signal.Respond))
                {
                    CallLog.ToolOutputUnexpected(_logger, CallSid, signal.Id!);
                }

                _keeper?.OnToolAnswered(signal.Id!, _clock.Now);
                if (_sequencer.IsExpecting)
                {
                    _keeper?.OnRequested(_clock.Now);
                }

                break;
            case CallSignalKind.UserText:
                _memory.NoteText((string)signal.Payload!, ofSystem: false);
                link?.Output.SendUserText((string)signal.Payload!);
                break;
            case CallSignalKind.SystemText:
                _memory.NoteText((string)signal.Payload!, ofSystem: true);
                link?.Output.SendSystemText((string)signal.Payload!);
                break;
            case CallSignalKind.Audio when link is not null:
                var audio = (InjectedAudio)signal.Payload!;
                (_injected ??= new CallerAudioPath(_options, new CallCounters())).Inject(audio.MuLaw.Span, link.Output.Writer);
                link.Output.Writer.Flush();
                if (audio.Commit)
                {
                    link.Output.SendInputCommit();
                }

                break;
            case CallSignalKind.SessionUpdate:
                RealtimeSessionConfig update = Kept((RealtimeSessionConfig)signal.Payload!);
                _memory.Config = SessionConfigs.Merge(_memory.Config, update);
                link?.Output.SendSessionUpdate(WithFormats(update));
                break;
            case CallSignalKind.Interrupt:
                link?.Events.Interrupt(_clock.Now, cancelHere: true);
                break;
            case CallSignalKind.EndAfterPlayback:
                Leave(new Farewell(CallEndReason.AgentEnded, _clock.Now + _options.GoodbyeTimeout));
                break;
            case CallSignalKind.Conduct:
                _conduct = (CallConduct)signal.Payload!;
                _keeper = new ConductKeeper(_conduct, _options.Upstream.HoldingInterval, this);
                break;
            case CallSignalKind.PressKeys when signal.Respond:
                if (!_carrier.TryPressKeys(CallSid, (string)signal.Payload!))
                {
                    await TellAsync(new CallEvent.KeysNotPressed(_clock.Now, "The carrier is being asked for something else."), cancellationToken);
                }

                break;
            case CallSignalKind.PressKeys:
                _ledger!.EnqueueTones(CallTones.Make((string)signal.Payload!), CallTones.KeyOctets);
                break;
            case CallSignalKind.Transfer:
                BeginTransfer((CallTransfer)signal.Payload!);
                break;
            case CallSignalKind.SteeringDone:
                await FinishSteeringAsync((CallEvent?)signal.Payload, cancellationToken);
                LeaveIfHeard();
                break;
            case CallSignalKind.Due:
                _keeper?.OnDue(_clock.Now);
                LeaveIfHeard();
                break;
            case CallSignalKind.ModelGone:
                _link = null;
                _responding = _callerSpeaks = false;
                _sequencer.Detach();
                LeaveIfHeard();
                break;
            case CallSignalKind.ModelReplaced:
                Replace((ModelReplacement)signal.Payload!);
                break;
        }
    }

    // The formats are the call's: an update that names others, or none where the server resets them, would be heard as noise.
    private RealtimeSessionConfig WithFormats(RealtimeSessionConfig config)
    {
        RealtimeAudioFormat format = FormatGuard.FormatOf(_options.AudioMode);
        return config with { InputFormat = format, OutputFormat = format };
    }

    private bool TryAnswer(string callId, string output, bool respond)
    {
        _memory.NoteOutput(callId, output);
        return _sequencer.TryAnswer(callId, output, respond);
    }

    private void Replace(ModelReplacement replacement)
    {
        UpstreamOptions upstream = _options.Upstream;
        if (replacement.OnlyWhenQuiet && !(_memory.IsQuiet(upstream.RenewSilence) && !_sequencer.IsBusy && _ledger!.IsIdle))
        {
            replacement.Answer(false);
            return;
        }

        // 1. What was said so far, before anything else reaches the new session. 2. What is still wanted. 3. From here on it is the one that is spoken to.
        ModelLink link = replacement.Link;
        if (!ReferenceEquals(link.Config, _memory.Config))
        {
            link.Output.SendSessionUpdate(WithFormats(_memory.Config)); // changed while the session was being dialled
        }

        _memory.Seed(link.Output, upstream.SeedCharacters);
        _sequencer.Detach();
        _sequencer.ModelTakesTurns = link.TakesTurns;
        _responding = _callerSpeaks = false;
        if (_keeper is not null)
        {
            _keeper.ModelTakesTurns = link.TakesTurns;
        }

        if (replacement.Resume && _memory.OwesAnswer && upstream.ResumeInstructions is { } instructions)
        {
            _sequencer.Request(instructions);
            _keeper?.OnRequested(_clock.Now);
        }

        _sequencer.Attach(link.Output);
        _link = link;
        replacement.Answer(true);
    }

    private async ValueTask HandleEventAsync(CallEvent callEvent, CancellationToken cancellationToken)
    {
        switch (callEvent)
        {
            case CallEvent.CallerSpeechStarted:
                _callerSpeaks = true;
                break;
            case CallEvent.CallerSpeechStopped or CallEvent.ModelReady:
                _callerSpeaks = false;
                if (_responding && callEvent is CallEvent.CallerSpeechStopped && !_conduct.BargeIn.LeftToTheServer && _sequencer.ModelTakesTurns)
                {
                    // What was said into an answer that went on: the server makes no response beside the one that runs.
                    _sequencer.Request(null);
                }

                break;
            case CallEvent.ResponseStarted:
                _responding = true;
                _sequencer.OnCreated();
                break;
            case CallEvent.ResponseEnded ended:
                _responding = false;
                _sequencer.OnDone(interruptedByCaller: ended.Response.Reason == "turn_detected", CompleteCalls.IdsOf(ended.Response));
                break;
            case CallEvent.AgentInterrupted when _farewell is { YieldsToCaller: true }:
                // The caller spoke into the goodbye: the call goes on.
                _farewell = null;
                _keeper?.OnEnding(false);
                break;
        }

        _keeper?.OnEvent(callEvent);
        await TellAsync(callEvent, cancellationToken);
        if (callEvent is CallEvent.ResponseEnded { Response: var response })
        {
            foreach (RealtimeItemInfo item in response.Output)
            {
                if (CompleteCalls.Contains(response, item))
                {
                    var call = new CallEvent.ToolCallRequested(callEvent.At, response.Id ?? "", item.CallId!, item.Name ?? "", item.Arguments ?? "");
                    _keeper?.OnEvent(call);
                    await TellAsync(call, cancellationToken);
                }
            }
        }

        LeaveIfHeard();
    }

    private async ValueTask TellAsync(CallEvent callEvent, CancellationToken cancellationToken)
    {
        try
        {
            await _controller.OnEventAsync(callEvent, this, callEvent is CallEvent.CallEnded ? cancellationToken : _callOver);
        }
        catch (OperationCanceledException) when (_callOver.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // It was still at work on this when the call ended.
        }

        foreach (ICallObserver observer in _observers)
        {
            try
            {
                observer.OnEvent(callEvent);
            }
            catch (Exception e)
            {
                CallLog.ObserverFailed(_logger, CallSid, observer.GetType().Name, e);
            }
        }
    }

    void IConductActions.Say(string instructions) => _sequencer.Request(instructions, speakOnly: true);

    void IConductActions.TellModel(string text)
    {
        _memory.NoteText(text, ofSystem: false);
        _link?.Output.SendUserText(text);
        _sequencer.Request(null);
    }

    void IConductActions.AnswerTool(string callId, string output) => TryAnswer(callId, output, respond: true);

    void IConductActions.AskAgain() => _sequencer.Request(null);

    void IConductActions.PlayHoldingSound()
    {
        if (_ledger!.IsIdle)
        {
            _ledger.EnqueueLocal(System.Text.Encoding.ASCII.GetBytes($"concierge.slow.{++_holdingSounds}"), _options.Upstream.HoldingSound.Span);
        }
    }

    void IConductActions.ReplaceModel(bool forGood, string why) =>
        _link?.Lose(forGood ? CallEndReason.ModelSilent : CallEndReason.ModelTimeout, why);

    void IConductActions.ForgetTurn()
    {
        _callerSpeaks = false;
        _link?.Output.SendInputClear();
    }

    void IConductActions.Tell(CallEvent callEvent) => Post(callEvent);

    void IConductActions.EndAfterWords(CallEndReason reason, string? farewell)
    {
        if (farewell is not null)
        {
            _sequencer.Request(farewell, speakOnly: true);
        }

        Leave(new Farewell(reason, _clock.Now + _options.GoodbyeTimeout) { AwaitsWords = farewell is not null });
    }

    private RealtimeSessionConfig Kept(RealtimeSessionConfig update) => update.TurnDetection is null ? update : _conduct.Apply(update);

    private void LookAhead()
    {
        _isEnding = _farewell is { } last && (!last.AwaitsWords || !_sequencer.IsExpecting);
        TimeSpan due = _keeper?.Due ?? TimeSpan.MaxValue;
        Volatile.Write(ref _dueTicks, _farewell is { } farewell && farewell.Deadline < due ? farewell.Deadline.Ticks : due.Ticks);
    }

    private void BeginTransfer(CallTransfer transfer)
    {
        if (transfer.Announcement is { } words)
        {
            _sequencer.Request(words, speakOnly: true);
        }

        Leave(new Farewell(CallEndReason.Transferred, _clock.Now + _options.GoodbyeTimeout, transfer) { AwaitsWords = transfer.Announcement is not null });
    }

    private void Leave(Farewell farewell)
    {
        // What was asked for first holds, but for a goodbye that a limit overtakes. A call that is being handed over is not handed over again.
        if (farewell.Transfer is not null && _ending.Leaving == CallEndReason.Transferred)
        {
            return;
        }

        if (_farewell is null or { YieldsToCaller: true })
        {
            _farewell = farewell;
            _keeper?.OnEnding(true);
        }

        LeaveIfHeard();
    }

    private void LeaveIfHeard()
    {
        if (_farewell is not { } farewell)
        {
            return;
        }

        bool late = _clock.Now >= farewell.Deadline;
        bool begun = !farewell.AwaitsWords || !_sequencer.IsExpecting;
        if (!late && (!begun || _responding || !_ledger!.IsIdle))
        {
            return;
        }

        if (farewell.Transfer is { } transfer)
        {
            if (_carrier.TryTransfer(CallSid, transfer))
            {
                _farewell = null;
            }
        }
        else if (late && farewell.Reason == CallEndReason.AgentEnded)
        {
            _ending.TryEnd(CallEndReason.AgentEndedUnheard, "The last mark did not return in time.");
        }
        else
        {
            _ending.TryEnd(farewell.Reason);
        }
    }

    private async ValueTask FinishSteeringAsync(CallEvent? failure, CancellationToken cancellationToken)
    {
        _carrier.Finish(failure);
        if (failure is null)
        {
            return;
        }

        if (failure is CallEvent.TransferFailed)
        {
            _keeper?.OnEnding(_farewell is not null);

            // Told here, for every controller: one note, one request to speak.
            const string Note = "The other side could not be put through. Say so once, and go on without it: offer to take a message if you can.";
            _memory.NoteText(Note, ofSystem: true);
            _link?.Output.SendSystemText(Note);
            _sequencer.Request(null);
        }

        await TellAsync(failure, cancellationToken);
    }
}
