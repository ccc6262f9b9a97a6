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
internal sealed class CallControlLoop : ICallControl, ICallSignals, IPlaybackListener
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
    private readonly Func<bool> _isPlaybackIdle;
    private readonly ConversationMemory _memory;
    private readonly ResponseSequencer _sequencer = new();
    private volatile ModelLink? _link;
    private CallerAudioPath? _injected; // what the controller adds as the caller's, with a filter history of its own
    private volatile bool _callerSpeaks;
    private ITimer? _goodbye;
    private long _posted;
    private bool _endRequested;
    private bool _responding;

    public CallControlLoop(
        CallSessionOptions options,
        SessionClock clock,
        CallEnding ending,
        ICallController controller,
        IReadOnlyList<ICallObserver> observers,
        ConversationMemory memory,
        Func<bool> isPlaybackIdle,
        ILogger logger)
    {
        _options = options;
        _clock = clock;
        _ending = ending;
        _controller = controller;
        _observers = observers;
        _memory = memory;
        _isPlaybackIdle = isPlaybackIdle;
        _logger = logger;
    }

    /// <inheritdoc/>
    public long Posted => Volatile.Read(ref _posted);

    /// <inheritdoc/>
    public string StreamSid { get; set; } = "";

    /// <inheritdoc/>
    public string CallSid { get; set; } = "";

    /// <summary>Whether the agent has asked for the end: nothing new is to be said.</summary>
    public bool IsEnding => Volatile.Read(ref _endRequested);

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
    public void End(CallEndReason reason) => _ending.TryEnd(reason);

    void IPlaybackListener.OnItemStarted(PlaybackItem item, TimeSpan at)
    {
        if (!item.IsLocal)
        {
            Post(new CallEvent.AgentSpeechStarted(at, item.ResponseId, item.ItemId, item.FirstDelta));
        }
    }

    void IPlaybackListener.OnItemHeard(PlaybackItem item, TimeSpan duration)
    {
        if (!item.IsLocal)
        {
            Post(new CallEvent.AgentSpeechEnded(_clock.Now, item.ResponseId, item.ItemId, duration));
        }
    }

    void IPlaybackListener.OnIdle() => Post(new CallEvent.PlaybackIdle(_clock.Now));

    /// <summary>The call is over: a response that is still being made is not paid for any further. Any thread.</summary>
    public void CancelResponse() => _link?.Events.Interrupt(_clock.Now, cancelHere: true);

    /// <summary>Whether the model hears the caller speak, as far as it has said. Any thread.</summary>
    public bool CallerSpeaks => _callerSpeaks;

    /// <summary>No more signals follow.</summary>
    public void Complete() => _signals.Writer.TryComplete();

    /// <summary>Runs until <see cref="Complete"/>, then tells everybody that the call has ended.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _signals.Reader.WaitToReadAsync(cancellationToken))
            {
                while (_signals.Reader.TryRead(out CallSignal signal))
                {
                    await HandleAsync(signal, cancellationToken);
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
        finally
        {
            _goodbye?.Dispose();
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
                break;
            case CallSignalKind.ResponseRefused:
                _sequencer.OnRefused();
                break;
            case CallSignalKind.ToolOutput:
                _memory.NoteOutput(signal.Id!, (string)signal.Payload!);
                if (!_sequencer.TryAnswer(signal.Id!, (string)signal.Payload!, signal.Respond))
                {
                    CallLog.ToolOutputUnexpected(_logger, CallSid, signal.Id!);
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
                _memory.Config = SessionConfigs.Merge(_memory.Config, (RealtimeSessionConfig)signal.Payload!);
                link?.Output.SendSessionUpdate(WithFormats((RealtimeSessionConfig)signal.Payload!));
                break;
            case CallSignalKind.Interrupt:
                link?.Events.Interrupt(_clock.Now, cancelHere: true);
                break;
            case CallSignalKind.EndAfterPlayback:
                RequestEnd();
                break;
            case CallSignalKind.ModelGone:
                _link = null;
                _responding = _callerSpeaks = false;
                _sequencer.Detach();
                EndIfHeard();
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

    private void Replace(ModelReplacement replacement)
    {
        UpstreamOptions upstream = _options.Upstream;
        if (replacement.OnlyWhenQuiet && !(_memory.IsQuiet(upstream.RenewSilence) && !_sequencer.IsBusy && _isPlaybackIdle()))
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
        if (replacement.Resume && _memory.OwesAnswer && upstream.ResumeInstructions is { } instructions)
        {
            _sequencer.Request(instructions);
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
                break;
            case CallEvent.ResponseStarted:
                _responding = true;
                _sequencer.OnCreated();
                break;
            case CallEvent.ResponseEnded ended:
                _responding = false;
                _sequencer.OnDone(interruptedByCaller: ended.Response.Reason == "turn_detected", CompleteCalls(ended.Response));
                break;
            case CallEvent.AgentInterrupted:
                // The caller spoke into the goodbye: the call goes on.
                _endRequested = false;
                _goodbye?.Dispose();
                _goodbye = null;
                break;
        }

        await TellAsync(callEvent, cancellationToken);
        if (callEvent is CallEvent.ResponseEnded { Response: var response })
        {
            foreach (RealtimeItemInfo item in response.Output)
            {
                if (IsCompleteCall(response, item))
                {
                    await TellAsync(
                        new CallEvent.ToolCallRequested(callEvent.At, response.Id ?? "", item.CallId!, item.Name ?? "", item.Arguments ?? ""),
                        cancellationToken);
                }
            }
        }

        EndIfHeard();
    }

    // A cancelled response's arguments may be cut short (PROTOCOL B.11): only a completed response's calls are carried out.
    private static bool IsCompleteCall(RealtimeResponseInfo response, RealtimeItemInfo item) =>
        response.Status == "completed" && item is { IsFunctionCall: true, Status: null or "completed", CallId: not null };

    private static List<string> CompleteCalls(RealtimeResponseInfo response)
    {
        var calls = new List<string>();
        foreach (RealtimeItemInfo item in response.Output)
        {
            if (IsCompleteCall(response, item))
            {
                calls.Add(item.CallId!);
            }
        }

        return calls;
    }

    private async ValueTask TellAsync(CallEvent callEvent, CancellationToken cancellationToken)
    {
        await _controller.OnEventAsync(callEvent, this, cancellationToken);
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

    private void RequestEnd()
    {
        _endRequested = true;
        _goodbye ??= _clock.Provider.CreateTimer(
            static state => ((CallEnding)state!).TryEnd(CallEndReason.AgentEndedUnheard, "The last mark did not return in time."),
            _ending,
            _options.GoodbyeTimeout,
            Timeout.InfiniteTimeSpan);
        EndIfHeard();
    }

    private void EndIfHeard()
    {
        if (_endRequested && !_responding && _isPlaybackIdle())
        {
            _ending.TryEnd(CallEndReason.AgentEnded);
        }
    }
}
