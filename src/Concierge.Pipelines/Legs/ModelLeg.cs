using Concierge.Pipelines.Control;
using Concierge.Pipelines.Playback;
using Concierge.Pipelines.Upstream;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Legs;

/// <summary>
/// The model's side of a call for all its life: claims or dials a session, lets audio flow once it is ready, replaces it when it is lost or its time is up, and tells the
/// caller by a sound that it is being waited for.
/// </summary>
internal sealed class ModelLeg(
    CallSessionOptions options,
    SessionClock clock,
    CallCounters counters,
    CallEnding ending,
    PlaybackLedger ledger,
    InterruptionGate gate,
    CallControlLoop control,
    ConversationMemory memory)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_apologyGrace = TimeSpan.FromSeconds(2); // for its last mark, and for what was being heard before it

    private readonly HoldingPlayer _sound = new(options.Upstream, ledger, clock);
    private readonly List<Task> _retiring = [];
    private volatile ModelLink? _link;
    private volatile WebSocketWriter? _readyWriter;
    private IModelConnector? _connector;
    private PreparedModel? _spare;  // a successor that is ready and has not taken over
    private PreparedModel? _inHand; // dialled, and not yet served

    /// <summary>The writer that caller audio goes to; null while there is no session.</summary>
    public WebSocketWriter? ReadyWriter => _readyWriter;

    /// <summary>Time from an audio delta's arrival to the hand-over of what the window allows (only when loops are measured).</summary>
    public LatencyHistogram DeltaTime { get; } = new();

    /// <summary>Hands appended caller audio to the transport.</summary>
    public void Flush() => _readyWriter?.Flush();

    /// <summary>Time has passed: looks whether the connection still lives. The wheel's thread.</summary>
    public void Tick(TimeSpan now) => _link?.Tick(now);

    /// <summary>Runs to the call's end; never throws for what the model or the network does.</summary>
    /// <param name="connector">Dials.</param>
    /// <param name="start">The stream.</param>
    /// <param name="configure">Asks the controller for the session's configuration.</param>
    /// <param name="callOver">Cancelled when the call ends: dialling and configuring stop, a running session goes on to its close.</param>
    /// <param name="giveUp">Cancelled when the model has not answered our close in time.</param>
    public async Task RunAsync(
        IModelConnector connector,
        StreamStart start,
        Func<CancellationToken, ValueTask<RealtimeSessionConfig>> configure,
        CancellationToken callOver,
        CancellationToken giveUp)
    {
        _connector = connector;
        try
        {
            memory.Config = await configure(callOver);
            ModelLink? link = await OpenAsync(start, callOver);
            while (link is not null)
            {
                link = await ServeAsync(link, callOver, giveUp);
            }
        }
        catch (OperationCanceledException) when (callOver.IsCancellationRequested)
        {
            // The call is over.
        }
        catch (CallRejectedException e)
        {
            ending.TryEnd(e.Reason, e.Message);
        }
        finally
        {
            _readyWriter = null;
            await (_spare?.DisposeAsync() ?? ValueTask.CompletedTask);
            await (_inHand?.DisposeAsync() ?? ValueTask.CompletedTask);
            await Task.WhenAll(_retiring);
        }
    }

    /// <summary>Sends a close frame behind what is pending; nothing when there is no session.</summary>
    public ValueTask CloseAsync(int code, string reason, CancellationToken cancellationToken) =>
        _link?.CloseAsync(code, reason, cancellationToken) ?? ValueTask.CompletedTask;

    /// <summary>The first session: the one that waits for this call, or one dialled now.</summary>
    private async Task<ModelLink?> OpenAsync(StreamStart start, CancellationToken callOver)
    {
        TimeSpan since = clock.Now;
        ModelLoss loss = new(CallEndReason.ModelRefused, "");
        PreparedModel? model;
        _sound.Start(options.Upstream.FirstHoldingDelay);
        try
        {
            model = await ClaimAsync(start, callOver);
            if (model is null)
            {
                (model, loss) = await TryDialAsync(callOver);
            }

            if (model is null)
            {
                (model, loss, _) = await RedialAsync(loss, since, callOver);
            }
        }
        finally
        {
            await _sound.StopAsync();
        }

        if (model is null)
        {
            await GiveUpAsync(loss, callOver);
            return null;
        }

        ModelLink link = await AttachAsync(model, resume: false, callOver);
        control.Post(new CallEvent.ModelReady(clock.Now, link.SessionId));
        _readyWriter = link.Writer;
        return link;
    }

    private async Task<PreparedModel?> ClaimAsync(StreamStart start, CancellationToken callOver)
    {
        PreparedModel? model = null;
        try
        {
            model = await _connector!.TryClaimAsync(start, callOver);
            if (model is null || !await model.TakeAsync())
            {
                await (model?.DisposeAsync() ?? ValueTask.CompletedTask);
                return null;
            }

            await model.ReconfigureAsync(memory.Config, callOver);
            return model;
        }
        catch (ModelConnectException)
        {
            // The session that was to wait is of no use; dialling says why, if it is still so.
            counters.ModelDialsFailed++;
            await (model?.DisposeAsync() ?? ValueTask.CompletedTask);
            return null;
        }
    }

    /// <summary>Runs one session to its end; gives its successor, or null when the call is over.</summary>
    private async Task<ModelLink?> ServeAsync(ModelLink link, CancellationToken callOver, CancellationToken giveUp)
    {
        _inHand = null; // its own from here on
        using var renewing = CancellationTokenSource.CreateLinkedTokenSource(callOver);
        Task<ModelLoss> running = link.RunAsync(giveUp);
        Task<ModelLink?> renewal = RenewAsync(link, renewing.Token);
        await Task.WhenAny(running, renewal);
        renewing.Cancel();
        if (await renewal is { } successor)
        {
            _retiring.Add(RetireAsync(link, running));
            counters.ModelRenewals++;
            control.Post(new CallEvent.ModelRenewed(clock.Now, successor.SessionId));
            return successor;
        }

        ModelLoss loss = await running;
        _readyWriter = null; // what the caller says from here on is kept
        _link = null;
        if (ending.Reason != CallEndReason.None)
        {
            return null;
        }

        return await ReturnAsync(link, loss, callOver);
    }

    /// <summary>After a loss in mid-call: silences what was received by half, dials again, tells the new session the conversation.</summary>
    private async Task<ModelLink?> ReturnAsync(ModelLink lost, ModelLoss loss, CancellationToken callOver)
    {
        TimeSpan at = clock.Now;
        if (loss.Reason == CallEndReason.ModelFatalError)
        {
            _connector!.Report(new ModelConnectException(loss.Reason, loss.Detail));
        }

        lost.Events.Abandon(at);
        control.Detach(at, loss.Reason, loss.Detail);
        while (control.IsEnding && ending.Reason == CallEndReason.None)
        {
            // The agent has nothing more to say: what came of its last words is heard, then the call ends as it was to. A hand-over that fails needs it again.
            await Task.Delay(s_look, clock.Provider, callOver);
        }

        counters.ModelLosses += IsExpiry(loss) ? 0 : 1;
        (PreparedModel? model, ModelLoss last, int attempts) = await TakeSpareAsync() is { } spare ? (spare, loss, 0) : await RedialAsync(loss, at, callOver);
        if (model is null)
        {
            await GiveUpAsync(last, callOver);
            return null;
        }

        ModelLink link = await AttachAsync(model, resume: true, callOver);
        counters.ModelReturns++;
        control.Post(new CallEvent.ModelReturned(clock.Now, link.SessionId, clock.Now - at, attempts));
        _readyWriter = link.Writer;
        return link;
    }

    /// <summary>Dials until it succeeds, no attempt is left, or the caller has waited long enough; the caller hears the holding sound meanwhile.</summary>
    private async Task<(PreparedModel? Model, ModelLoss Last, int Attempts)> RedialAsync(ModelLoss loss, TimeSpan since, CancellationToken callOver)
    {
        var schedule = new ReconnectSchedule(options.Upstream, Seed(control.CallSid));
        TimeSpan deadline = since + options.Upstream.Patience;
        using var patience = new CancellationTokenSource(deadline > clock.Now ? deadline - clock.Now : TimeSpan.Zero, clock.Provider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, callOver);
        _sound.Start(options.Upstream.HoldingDelay);
        try
        {
            while (loss.IsTransient && schedule.TryNext(loss.RetryAfter, out TimeSpan delay) && clock.Now + delay < deadline)
            {
                await Task.Delay(delay, clock.Provider, linked.Token);
                (PreparedModel? model, loss) = await TryDialAsync(linked.Token);
                if (model is not null)
                {
                    return (model, loss, schedule.Attempts);
                }
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !callOver.IsCancellationRequested)
        {
            loss = loss with { Detail = $"{loss.Detail} Not back within {options.Upstream.Patience.TotalSeconds:0.#} s." };
        }
        finally
        {
            await _sound.StopAsync();
        }

        return (null, schedule.Attempts > 0 ? loss with { Detail = $"{loss.Detail} ({schedule.Attempts} further attempts)" } : loss, schedule.Attempts);
    }

    private async Task<(PreparedModel? Model, ModelLoss Loss)> TryDialAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await PreparedModel.PrepareAsync(_connector!, memory.Config, options, clock.Provider, cancellationToken), new ModelLoss(CallEndReason.None, ""));
        }
        catch (ModelConnectException e)
        {
            counters.ModelDialsFailed++;
            return (null, new ModelLoss(e.Reason, e.Message, e.RetryAfter));
        }
    }

    /// <summary>The model does not come back: the apology is heard, then the call ends.</summary>
    private async Task GiveUpAsync(ModelLoss loss, CancellationToken callOver)
    {
        control.Post(new CallEvent.ModelGivenUp(clock.Now, loss.Reason, loss.Detail));
        ledger.EnqueueLocal("concierge.apology"u8, options.Upstream.ApologySound.Span);
        TimeSpan deadline = clock.Now + TimeSpan.FromSeconds(options.Upstream.ApologySound.Length / 8000.0) + s_apologyGrace;
        while (!ledger.IsIdle && clock.Now < deadline)
        {
            await Task.Delay(s_look, clock.Provider, callOver);
        }

        if (options.Upstream.Fallback is { } fallback)
        {
            int failed = control.Carrier.HandOversFailed; // one that the agent tried before says nothing of this one
            control.Transfer(fallback with { Announcement = null });
            for (deadline = clock.Now + options.GoodbyeTimeout; control.Carrier.HandOversFailed == failed && clock.Now < deadline;)
            {
                await Task.Delay(s_look, clock.Provider, callOver);
            }
        }

        ending.TryEnd(loss.Reason, loss.Detail);
    }

    /// <summary>Dials the successor before the session's time is up, and lets it take over in a moment of silence. Null when cancelled.</summary>
    private async Task<ModelLink?> RenewAsync(ModelLink link, CancellationToken stop)
    {
        UpstreamOptions upstream = options.Upstream;
        try
        {
            await WaitAsync(link.TimeLeft - upstream.RenewBefore, stop);
            ModelLink? successor = null;
            bool taken = false; // by the control loop: what follows must not wait for silence any more
            while (true)
            {
                if (_spare is not { IsUp: true })
                {
                    successor = null;
                    await (_spare?.DisposeAsync() ?? ValueTask.CompletedTask);
                    (_spare, _) = await TryDialAsync(stop);
                    if (_spare is null)
                    {
                        await WaitAsync(upstream.NextDelay, stop);
                        continue;
                    }

                    _spare.Park();
                }

                successor ??= Link(_spare);
                bool late = taken || link.TimeLeft <= upstream.RenewLatest;
                taken |= await control.ReplaceAsync(new ModelReplacement(successor, OnlyWhenQuiet: !late, Resume: late), stop);
                if (taken && await _spare.TakeAsync())
                {
                    _inHand = _spare;
                    _spare = null;
                    link.Events.Retire();
                    _link = successor;
                    _readyWriter = successor.Writer;
                    return successor;
                }

                await WaitAsync(s_look, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private async ValueTask<PreparedModel?> TakeSpareAsync()
    {
        PreparedModel? spare = _spare;
        _spare = null;
        if (spare is not null && !await spare.TakeAsync())
        {
            await spare.DisposeAsync();
            return null;
        }

        return spare;
    }

    /// <summary>The old session may still complete the transcript for a moment; then it is closed.</summary>
    private async Task RetireAsync(ModelLink link, Task<ModelLoss> running)
    {
        await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(2), clock.Provider), ending.Completion);
        using var limit = new CancellationTokenSource(options.CloseTimeout, clock.Provider);
        try
        {
            await link.CloseAsync(1000, "renewed", limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It does not read: it is dropped with its time.
        }

        await Task.WhenAny(running, Task.Delay(options.CloseTimeout, clock.Provider, limit.Token));
        link.Lose(CallEndReason.ModelClosed, "The old session did not answer our close.");
        await running;
    }

    /// <summary>Makes a session the one that is spoken to; it knows the conversation when this is done.</summary>
    private async Task<ModelLink> AttachAsync(PreparedModel model, bool resume, CancellationToken callOver)
    {
        _inHand = model;
        ModelLink link = Link(model);
        _link = link;
        await control.ReplaceAsync(new ModelReplacement(link, OnlyWhenQuiet: false, resume), callOver);
        callOver.ThrowIfCancellationRequested();
        return link;
    }

    private ModelLink Link(PreparedModel model) => new(model, options, clock, counters, ending, ledger, gate, control, DeltaTime);

    private Task WaitAsync(TimeSpan delay, CancellationToken stop) => Task.Delay(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, clock.Provider, stop);

    private static bool IsExpiry(ModelLoss loss) => loss.Detail.StartsWith(RealtimeErrorCodes.SessionExpired, StringComparison.Ordinal);

    /// <summary>FNV-1a over the call's SID: the same in every run, unlike a string's hash code.</summary>
    private static int Seed(string callSid)
    {
        uint hash = 2166136261;
        foreach (char c in callSid)
        {
            hash = (hash ^ c) * 16777619;
        }

        return (int)hash;
    }
}
