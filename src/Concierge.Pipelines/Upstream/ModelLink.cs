using Concierge.Pipelines.Legs;
using Concierge.Pipelines.Playback;
using Concierge.Protocols.Realtime;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Upstream;

/// <summary>
/// One session of the model in use by a call: reads it to its end, and notices when it is half-open or reads nothing. A call outlives its links; the ledger, the control
/// loop and the transcript belong to the call.
/// </summary>
internal sealed class ModelLink : WebSocketConsumer, IModelFaults
{
    private readonly PreparedModel _model;
    private readonly CallSessionOptions _options;
    private readonly CallEnding _ending;
    private readonly TaskCompletionSource<ModelLoss> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _drop = new();
    private readonly WebSocketKeepAlive _keepAlive;
    private Task _drain = Task.CompletedTask; // of what waited for the model at the last look but some
    private TimeSpan _drainSince;
    private TimeSpan _nextLook;
    private int _untilPrepared = 50; // messages: by then what grows with the first ones has grown

    public ModelLink(
        PreparedModel model,
        CallSessionOptions options,
        SessionClock clock,
        CallCounters counters,
        CallEnding ending,
        PlaybackLedger ledger,
        InterruptionGate gate,
        ICallSignals signals,
        LatencyHistogram deltaTime)
    {
        _model = model;
        model.Settle();
        _options = options;
        _keepAlive = new WebSocketKeepAlive(model.Reader, model.Writer, options.Upstream.MissedPings);
        _nextLook = clock.Now + options.Upstream.PingInterval;
        _ending = ending;
        RealtimeSessionConfig config = Config = model.Config;
        Output = new ModelOutput(model.Writer, this);

        // Nothing said about turn detection leaves the server's own, which interrupts and answers (PROTOCOL B.3, B.4).
        bool takesTurns = config.TurnDetection?.Kind != RealtimeTurnDetectionKind.None;
        TakesTurns = takesTurns && config.TurnDetection?.CreateResponse != false;
        Events = new ModelEventHandler(options, clock, counters, ending, ledger, signals, Output, gate, this, deltaTime)
        {
            ServerInterrupts = takesTurns && config.TurnDetection?.InterruptResponse != false,
        };
    }

    /// <summary>What the session was configured with.</summary>
    public RealtimeSessionConfig Config { get; }

    /// <summary>What may be said to the model.</summary>
    public ModelOutput Output { get; }

    /// <summary>What happens on its events.</summary>
    public ModelEventHandler Events { get; }

    /// <summary>Whether the model answers callers by itself.</summary>
    public bool TakesTurns { get; }

    /// <summary>Where caller audio goes.</summary>
    public WebSocketWriter Writer => _model.Writer;

    /// <summary>The session's id.</summary>
    public string SessionId => _model.SessionId;

    /// <summary>Until the server ends the session.</summary>
    public TimeSpan TimeLeft => _model.TimeLeft;

    /// <inheritdoc/>
    public void Lose(CallEndReason reason, string detail)
    {
        if (_lost.TrySetResult(new ModelLoss(reason, detail)))
        {
            _drop.Cancel();
        }
    }

    /// <summary>Runs to the session's end, whatever ends it, and drops the connection. Throws for faults of ours alone.</summary>
    /// <param name="giveUp">Cancelled when the model has not answered our close in time.</param>
    public async Task<ModelLoss> RunAsync(CancellationToken giveUp)
    {
        using CancellationTokenRegistration registration = giveUp.UnsafeRegister(
            static state => ((ModelLink)state!).Lose(CallEndReason.ModelDisconnected, "The model did not answer our close in time."), this);
        Task pump = PumpAsync(_drop.Token);
        try
        {
            return await _lost.Task;
        }
        finally
        {
            await pump;
            await _model.DropAsync();
        }
    }

    /// <summary>
    /// Looks at the connection every few seconds: a far end that says nothing, not even to a ping, is gone; one that reads nothing is as good as gone. The wheel's thread.
    /// </summary>
    /// <param name="now">The call's clock.</param>
    public void Tick(TimeSpan now)
    {
        UpstreamOptions upstream = _options.Upstream;
        if (now < _nextLook)
        {
            return;
        }

        _nextLook = now + upstream.PingInterval;
        if (!_keepAlive.Tick())
        {
            Lose(CallEndReason.ModelDisconnected, $"Nothing came from the model, and {upstream.MissedPings} pings were not answered: the connection is half-open.");
        }
        else if (_drain.IsCompleted)
        {
            _drain = _model.Writer.DrainAsync(_drop.Token).AsTask();
            _drainSince = now;
        }
        else if (now - _drainSince >= upstream.SlowReader)
        {
            Lose(CallEndReason.ModelDisconnected, $"The model has read nothing for {upstream.SlowReader.TotalSeconds:0.#} s.");
        }
    }

    /// <summary>Sends a close frame behind what is pending.</summary>
    public ValueTask CloseAsync(int code, string reason, CancellationToken cancellationToken) => _model.Writer.CloseAsync(code, reason, cancellationToken);

    /// <inheritdoc/>
    public override bool OnMessage()
    {
        WebSocketReader reader = _model.Reader;
        if (_untilPrepared > 0 && --_untilPrepared == 0)
        {
            Prepare(reader);
        }

        if (reader.Opcode == WebSocketOpcode.Text && _ending.Reason == CallEndReason.None)
        {
            Events.Handle(reader.Payload);
        }

        return true;
    }

    /// <summary>Names what an audio delta touches on its way to the carrier.</summary>
    private void Prepare(WebSocketReader reader)
    {
        WorkingSet set = new();
        set.Add(this);
        set.Add(_model);
        set.Add(_ending);
        Events.AddTo(set);
        reader.Prepare(set);
    }

    private async Task PumpAsync(CancellationToken drop)
    {
        WebSocketReader reader = _model.Reader;
        try
        {
            ModelLoss loss = ModelEnds.Of(reader, await reader.PumpAsync(this, drop));
            Lose(loss.Reason, loss.Detail);
        }
        catch (OperationCanceledException) when (drop.IsCancellationRequested)
        {
            // Lost by another's word.
        }
        catch (IOException e)
        {
            Lose(CallEndReason.ModelDisconnected, e.Message);
        }
        catch (Exception e)
        {
            // Nothing a far end does gets here: a fault of ours, which ends the call and not only the link.
            _lost.TrySetException(e);
            _drop.Cancel();
        }
    }
}
