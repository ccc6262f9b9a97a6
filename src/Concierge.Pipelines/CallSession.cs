using System.IO.Pipelines;
using Concierge.Pipelines.Control;
using Concierge.Pipelines.Legs;
using Concierge.Pipelines.Playback;
using Concierge.Pipelines.Upstream;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concierge.Pipelines;

/// <summary>
/// One call: a carrier's media stream bridged to a speech model until either side, the agent or the node ends it.
/// </summary>
/// <remarks>
/// <para>1. The carrier's <c>connected</c> and <c>start</c> are read and checked. 2. The controller configures the model's session; the model
/// is dialled while the caller's audio is kept. 3. Two loops read, one per far end, and a third runs the controller. 4. The first reason to
/// end wins (<see cref="CallEnding"/>); both far ends are sent their close code and given <see cref="CallSessionOptions.CloseTimeout"/>
/// to answer. 5. One <see cref="CallResult"/> remains.</para>
/// <para>The session runs over any duplex of pipes and any <see cref="TimeProvider"/>: over sockets in real time, or over memory under a
/// virtual clock.</para>
/// </remarks>
public sealed class CallSession
{
    private readonly CallSessionOptions _options;
    private readonly IModelConnector _connector;
    private readonly ICallController _controller;
    private readonly ILogger _logger;
    private readonly SessionClock _clock;
    private readonly CallCounters _counters = new();
    private readonly CallEnding _ending = new();
    private readonly CallTranscript _transcript = new();
    private readonly CallAccount _account = new();
    private readonly CarrierLeg _carrier;
    private readonly ModelLeg _model;
    private readonly PlaybackLedger _ledger;
    private readonly InterruptionGate _gate;
    private readonly CallControlLoop _control;
    private readonly CallWheel _wheel;
    private TimeSpan _holdSince;

    /// <summary>Prepares a session; nothing is read before <see cref="RunAsync"/>.</summary>
    /// <param name="carrier">The carrier's connection, its WebSocket upgrade done. Not disposed.</param>
    /// <param name="connector">Dials the model.</param>
    /// <param name="controller">Decides what the call is about.</param>
    /// <param name="options">Bounds and choices.</param>
    /// <param name="time">The source of time.</param>
    /// <param name="observers">Who sees the call's events.</param>
    /// <param name="logger">Where the call's few log lines go.</param>
    /// <param name="wheel">The node's coarse clock, shared by its calls; null gives this call its own.</param>
    /// <param name="steering">Asks the carrier for what the stream cannot do; null when nobody can.</param>
    /// <param name="tap">Gets both voices as they are heard, for a recording; null for nobody.</param>
    public CallSession(
        IDuplexPipe carrier,
        IModelConnector connector,
        ICallController controller,
        CallSessionOptions options,
        TimeProvider time,
        IEnumerable<ICallObserver>? observers = null,
        ILogger<CallSession>? logger = null,
        CallWheel? wheel = null,
        ICallSteering? steering = null,
        ICallAudioTap? tap = null)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("PCM16 crosses the bridge as the machine stores it, which must be little-endian.");
        }

        _options = options;
        _connector = connector;
        _controller = controller;
        _logger = logger ?? NullLogger<CallSession>.Instance;
        _clock = new SessionClock(time);
        _wheel = wheel ?? new CallWheel(time);
        _carrier = new CarrierLeg(carrier, options, _clock, _counters, _ending);

        // The ledger tells the control loop what is heard, the control loop asks the ledger whether all is.
        var memory = new ConversationMemory(_transcript, _clock);
        ICallObserver[] all = [_transcript, _account, memory, .. observers ?? []];
        _control = new CallControlLoop(options, _clock, _ending, controller, all, memory, steering, _logger);
        _ledger = new PlaybackLedger(options, _clock, _carrier, _control, tap);
        _gate = new InterruptionGate(_counters, _ledger);
        _control.Bind(_ledger, _gate);
        _model = new ModelLeg(options, _clock, _counters, _ending, _ledger, _gate, _control, memory);
        _carrier.Caller.Hold = TellHold;
        _carrier.Caller.Tap = tap;
    }

    /// <summary>Ends the call unless it has ended already; safe from any thread.</summary>
    public bool TryEnd(CallEndReason reason, string? detail = null) => _ending.TryEnd(reason, detail);

    /// <summary>Runs the call to its end. Never throws for what either far end, the network or the controller does.</summary>
    /// <param name="cancellationToken">Ends the call with <see cref="CallEndReason.Draining"/>.</param>
    public async Task<CallResult> RunAsync(CancellationToken cancellationToken = default)
    {
        using CancellationTokenRegistration drain = cancellationToken.UnsafeRegister(
            static state => ((CallEnding)state!).TryEnd(CallEndReason.Draining), _ending);
        using var controlLimit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _clock.Provider); // for a controller that does not come to its end
        using var giveUp = new CancellationTokenSource(); // cancelled when a far end does not answer our close
        using var startWait = new CancellationTokenSource(); // cancelled when the call ends: whatever begins or works stops

        StreamStart? start = await ReadStartAsync(startWait);
        Task carrier = Task.CompletedTask, model = Task.CompletedTask, control = Task.CompletedTask;
        if (start is not null)
        {
            CallLog.Started(_logger, start.CallSid, start.StreamSid);
            _control.CallSid = start.CallSid;
            _control.StreamSid = start.StreamSid;
            _control.Post(new CallEvent.CallStarted(_clock.Now, start));
            control = _control.RunAsync(startWait.Token, controlLimit.Token);
            carrier = GuardAsync(_carrier.RunAsync(_model, _ledger, _gate, _control, giveUp.Token));
            model = GuardAsync(_model.RunAsync(_connector, start, ct => ConfigureAsync(start, ct), startWait.Token, giveUp.Token));
        }

        var watch = new CallWatch(_clock, _ending, _carrier, _model, _ledger, _gate, _control);
        _wheel.Add(watch);
        await _ending.Completion;
        _wheel.Remove(watch);
        startWait.Cancel();
        _ledger.Close();
        _control.CancelResponse();
        CallEndReason reason = _ending.Reason;
        using var closeLimit = new CancellationTokenSource(_options.CloseTimeout, _clock.Provider);
        using CancellationTokenRegistration limit = closeLimit.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), giveUp);

        // Side by side: a far end that does not read must not keep the other from being told.
        await Task.WhenAll(
            CloseAsync(_carrier.CloseAsync(reason.CarrierCloseCode(), reason.Name(), closeLimit.Token)),
            CloseAsync(_model.CloseAsync(reason.ModelCloseCode(), reason.Name(), closeLimit.Token)));
        await Task.WhenAll(start is null ? _carrier.DrainAsync(giveUp.Token) : carrier, model);

        // A stop while the carrier was asked to take the call out of the stream was that, unless the carrier refuses it: then somebody hung up at that moment.
        if (reason is CallEndReason.Transferred or CallEndReason.KeysPressed && !await _control.Carrier.Last)
        {
            _ending.StoppedInstead(reason);
            reason = _ending.Reason;
        }

        // Whatever the far ends did, the controller and the observers are told of the end: a record is written from it.
        _control.Complete();
        controlLimit.CancelAfter(_options.CloseTimeout);
        await control;
        return Finish(start, reason);
    }

    private async ValueTask<RealtimeSessionConfig> ConfigureAsync(StreamStart start, CancellationToken cancellationToken)
    {
        RealtimeSessionConfig config = await _controller.ConfigureAsync(start, cancellationToken);
        CallConduct conduct = _controller.Conduct;
        _gate.Policy = conduct.BargeIn;
        if (CallerEar.IsWanted(conduct))
        {
            if (conduct.BargeIn.Local is not null)
            {
                _ledger.KeepUnheard();
            }

            _carrier.Caller.Listen(new CallerEar(conduct, _ledger, _gate));
        }

        _control.Behave(conduct);
        return conduct.Apply(config);
    }

    private void TellHold(bool begins)
    {
        // By the carrier loop, which sees both edges.
        _gate.OnHold = begins;
        TimeSpan now = _clock.Now;
        if (begins)
        {
            _holdSince = now;
            _control.Post(new CallEvent.HoldStarted(now));
        }
        else
        {
            _control.Post(new CallEvent.HoldEnded(now, now - _holdSince));
        }
    }

    private async Task<StreamStart?> ReadStartAsync(CancellationTokenSource wait)
    {
        Task<StreamStart?> reading = GuardStartAsync(wait.Token);
        await Task.WhenAny(reading, _ending.Completion);
        if (!reading.IsCompleted)
        {
            wait.Cancel();
        }

        return await reading;
    }

    private async Task<StreamStart?> GuardStartAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _carrier.ReadStartAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (IOException e)
        {
            _ending.TryEnd(CallEndReason.CarrierDisconnected, e.Message);
            return null;
        }
    }

    private async Task GuardAsync(Task loop)
    {
        try
        {
            await loop;
        }
        catch (Exception e)
        {
            // Nothing a far end does gets here: this is a fault of ours, or of the controller's configuration. It ends this call alone.
            CallLog.LoopFailed(_logger, _control.CallSid, e);
            _ending.TryEnd(CallEndReason.Internal, e.Message);
        }
    }

    private static async Task CloseAsync(ValueTask closing)
    {
        try
        {
            await closing;
        }
        catch (OperationCanceledException)
        {
            // A far end that does not read cannot be told; its connection is dropped instead.
        }
        catch (IOException)
        {
            // A connection that is gone needs no close.
        }
    }

    private CallResult Finish(StreamStart? start, CallEndReason reason)
    {
        TimeSpan duration = _clock.Now;
        _counters.AgentOctets = _ledger.OctetsSent;
        _counters.AgentOctetsDiscarded = _ledger.OctetsDiscarded;
        _counters.MarksIgnored = _ledger.MarksIgnored;
        _counters.MarksOverdue = _ledger.MarksOverdue;
        string callSid = start?.CallSid ?? "";
        if (reason.IsOrderly())
        {
            CallLog.Ended(_logger, callSid, duration.TotalSeconds, reason.Name(), reason.Describe());
        }
        else
        {
            CallLog.EndedBadly(_logger, callSid, duration.TotalSeconds, reason.Name(), _ending.Detail ?? "no detail", reason.Describe());
        }

        return new CallResult
        {
            Reason = reason,
            Detail = _ending.Detail,
            StreamSid = start?.StreamSid ?? "",
            CallSid = callSid,
            Duration = duration,
            Transcript = _transcript.ToEntries(),
            Counters = _counters,
            CallerFrameTime = _carrier.FrameTime,
            AgentDeltaTime = _model.DeltaTime,
            InterruptionTime = _gate.ReactionTime,
            Timeline = _account.ToTimeline(),
            Usage = _account.Usage,
        };
    }
}
