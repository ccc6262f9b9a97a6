using System.IO.Pipelines;
using Concierge.Pipelines.Playback;
using Concierge.Protocols.Realtime;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Legs;

/// <summary>
/// The model's side of a call: dials the Realtime API, configures the session, and lets audio flow once <c>session.updated</c> confirms
/// the formats asked for (PROTOCOL B.3, "Guard").
/// </summary>
internal sealed class ModelLeg(CallSessionOptions options, SessionClock clock, CallCounters counters, CallEnding ending, PlaybackLedger ledger, InterruptionGate gate)
{
    private WebSocketWriter? _writer;
    private volatile WebSocketWriter? _readyWriter;

    /// <summary>The writer that caller audio goes to; null until the session is ready.</summary>
    public WebSocketWriter? ReadyWriter => _readyWriter;

    /// <summary>Time from an audio delta's arrival to the hand-over of what the window allows (only when loops are measured).</summary>
    public LatencyHistogram DeltaTime { get; } = new();

    /// <summary>Called once, when the session is ready and before audio flows: what may be said to the model, and whether it answers callers by itself.</summary>
    public Action<ModelOutput, ModelEventHandler, bool>? Ready { get; init; }

    /// <summary>Hands appended caller audio to the transport.</summary>
    public void Flush() => _readyWriter?.Flush();

    /// <summary>Dials, configures and runs to the session's end; never throws for what the model or the network does.</summary>
    /// <param name="connector">Dials.</param>
    /// <param name="configure">Asks the controller for the session's configuration.</param>
    /// <param name="signals">Hears of the model's events.</param>
    /// <param name="callOver">Cancelled when the call ends: dialling and configuring stop, a running session goes on to its close.</param>
    /// <param name="giveUp">Cancelled when the model has not answered our close in time.</param>
    public async Task RunAsync(
        IModelConnector connector,
        Func<CancellationToken, ValueTask<RealtimeSessionConfig>> configure,
        ICallSignals signals,
        CancellationToken callOver,
        CancellationToken giveUp)
    {
        IDuplexPipe? transport = null;
        try
        {
            RealtimeSessionConfig config = WithFormats(await configure(callOver));
            transport = await ConnectAsync(connector, callOver);
            if (transport is not null)
            {
                await TalkAsync(transport, config, signals, callOver, giveUp);
            }
        }
        catch (OperationCanceledException) when (callOver.IsCancellationRequested)
        {
            // The session is over, or gave up waiting for the model's close.
        }
        catch (CallRejectedException e)
        {
            ending.TryEnd(e.Reason, e.Message);
        }
        catch (ModelConnectException e)
        {
            ending.TryEnd(e.Reason, e.Message);
        }
        catch (IOException e)
        {
            ending.TryEnd(CallEndReason.ModelDisconnected, e.Message);
        }
        finally
        {
            _readyWriter = null;
            if (transport is IAsyncDisposable disposable)
            {
                await disposable.DisposeAsync();
            }
        }
    }

    /// <summary>Sends a close frame behind what is pending; nothing when the model was never reached.</summary>
    public ValueTask CloseAsync(int code, string reason, CancellationToken cancellationToken) =>
        _writer is null ? ValueTask.CompletedTask : _writer.CloseAsync(code, reason, cancellationToken);

    private RealtimeSessionConfig WithFormats(RealtimeSessionConfig config)
    {
        return config with { InputFormat = Format, OutputFormat = Format };
    }

    private RealtimeAudioFormat Format => FormatGuard.FormatOf(options.AudioMode);

    private async ValueTask<IDuplexPipe?> ConnectAsync(IModelConnector connector, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ModelConnectTimeout, clock.Provider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await connector.ConnectAsync(linked.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            ending.TryEnd(CallEndReason.ModelTimeout, $"The Realtime API did not complete the upgrade within {options.ModelConnectTimeout.TotalSeconds:0.#} s.");
            return null;
        }
    }

    private async ValueTask TalkAsync(
        IDuplexPipe transport, RealtimeSessionConfig config, ICallSignals signals, CancellationToken callOver, CancellationToken giveUp)
    {
        int octetsPerSecond = options.AudioMode == CallAudioMode.Pcm16 ? 48_000 : 8_000;
        var writer = new WebSocketWriter(transport.Output, WebSocketRole.Client, new WebSocketWriterOptions
        {
            // Base64 makes four of three; an append event of 20 ms adds about 60 octets of JSON and framing.
            MediaBudget = (int)(options.CallerBacklog.TotalSeconds * ((octetsPerSecond * 4 / 3) + (50 * 70))),
            MediaOverflow = WebSocketOverflow.DropOldest,
        });
        _writer = writer;
        var limits = new WebSocketLimits { MaxFramePayload = options.MaxModelMessage, MaxMessageSize = options.MaxModelMessage };
        var reader = new WebSocketReader(transport.Input, WebSocketRole.Client, limits, writer);
        var output = new ModelOutput(writer, ending);

        if (!await PrepareAsync(reader, output, config, signals, callOver))
        {
            return;
        }

        // Nothing said about turn detection leaves the server's own, which interrupts and answers (PROTOCOL B.3, B.4).
        bool takesTurns = config.TurnDetection?.Kind != RealtimeTurnDetectionKind.None;
        var events = new ModelEventHandler(options, clock, counters, ending, ledger, signals, output, gate, DeltaTime)
        {
            ServerInterrupts = takesTurns && config.TurnDetection?.InterruptResponse != false,
        };
        Ready?.Invoke(output, events, takesTurns && config.TurnDetection?.CreateResponse != false);
        _readyWriter = writer;

        while (true)
        {
            WebSocketReadStatus status = await reader.ReadAsync(giveUp);
            do
            {
                if (status != WebSocketReadStatus.Message)
                {
                    EndOnStatus(reader, status);
                    return;
                }

                if (reader.Opcode == WebSocketOpcode.Text && ending.Reason == CallEndReason.None)
                {
                    events.Handle(reader.Payload);
                }
            }
            while (reader.TryRead(out status));
        }
    }

    /// <summary>From the upgrade to <c>session.updated</c> with the formats asked for. False when the call has ended instead.</summary>
    private async ValueTask<bool> PrepareAsync(
        WebSocketReader reader, ModelOutput output, RealtimeSessionConfig config, ICallSignals signals, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ModelReadyTimeout, clock.Provider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            while (true)
            {
                WebSocketReadStatus status = await reader.ReadAsync(linked.Token);
                if (status != WebSocketReadStatus.Message)
                {
                    EndOnStatus(reader, status);
                    return false;
                }

                if (TryPrepare(reader.Payload, output, config, signals, out bool ready))
                {
                    continue;
                }

                return ready;
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            ending.TryEnd(CallEndReason.ModelTimeout, $"The Realtime API did not confirm the session within {options.ModelReadyTimeout.TotalSeconds:0.#} s.");
            return false;
        }
    }

    /// <summary>One event before the session is ready: true to read on.</summary>
    private bool TryPrepare(ReadOnlySpan<byte> utf8, ModelOutput output, RealtimeSessionConfig config, ICallSignals signals, out bool ready)
    {
        ready = false;
        if (RealtimeServerEventParser.Parse(utf8, out RealtimeServerEvent e) != RealtimeError.None)
        {
            counters.ModelBadEvents++;
            return true;
        }

        switch (e.Type)
        {
            case RealtimeServerEventType.SessionCreated:
                output.SendSessionUpdate(config);
                return true;
            case RealtimeServerEventType.SessionUpdated:
                RealtimeServerEvents.ReadSession(utf8, out RealtimeSessionInfo? session);
                if (!FormatGuard.IsMet(session, Format, out string found))
                {
                    ending.TryEnd(CallEndReason.ModelFormatMismatch, $"Asked for {Format} both ways; the session has {found}.");
                    return false;
                }

                signals.Post(new CallEvent.ModelReady(clock.Now, session?.Id ?? ""));
                ready = true;
                return false;
            case RealtimeServerEventType.Error:
                RealtimeServerEvents.ReadError(utf8, out RealtimeErrorInfo? error);
                ending.TryEnd(CallEndReason.ModelFatalError, $"{error?.Code ?? error?.Type}: {error?.Message}");
                return false;
            default:
                return true;
        }
    }

    private void EndOnStatus(WebSocketReader reader, WebSocketReadStatus status)
    {
        switch (status)
        {
            case WebSocketReadStatus.Close:
                CallEndReason reason = reader.CloseCode is 3000 or 4000 ? CallEndReason.ModelFatalError : CallEndReason.ModelClosed;
                ending.TryEnd(reason, $"Close code {reader.CloseCode}: {reader.CloseReason}");
                break;
            case WebSocketReadStatus.Error:
                ending.TryEnd(CallEndReason.ModelProtocolError, $"{reader.Error}.");
                break;
            case WebSocketReadStatus.EndOfStream:
                ending.TryEnd(CallEndReason.ModelDisconnected, "The connection ended without a close frame.");
                break;
        }
    }
}
