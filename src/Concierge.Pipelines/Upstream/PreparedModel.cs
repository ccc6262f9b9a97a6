using System.Buffers;
using System.IO.Pipelines;
using Concierge.Pipelines.Legs;
using Concierge.Pipelines.Upstream;
using Concierge.Protocols.Realtime;
using Concierge.WebSockets;

namespace Concierge.Pipelines;

/// <summary>
/// A session of the model that is dialled and configured, its audio formats confirmed (PROTOCOL B.3, "Guard"), and belongs to no call yet: the next one of a running
/// call, or one that waits for the call it was dialled for.
/// </summary>
/// <remarks>One owner at a time. While it waits (<see cref="Park"/>) pings are answered and its end is noticed.</remarks>
public sealed class PreparedModel : IAsyncDisposable
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_buffer; // for the configuration, which is written without a pause

    private readonly IDuplexPipe _transport;
    private readonly CallSessionOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _unpark = new();
    private byte[] _configuration = [];
    private Task _parked = Task.CompletedTask;
    private long _opened;     // timestamp
    private TimeSpan _limit;  // from then
    private int _disposed;

    private PreparedModel(IDuplexPipe transport, CallSessionOptions options, TimeProvider time)
    {
        _transport = transport;
        _options = options;
        _time = time;
        _opened = time.GetTimestamp();
        _limit = options.Upstream.SessionLimit;
        var bounds = new WebSocketWriterOptions { MediaBudget = options.CallerBudget, MediaOverflow = WebSocketOverflow.DropOldest };
        Writer = new WebSocketWriter(transport.Output, WebSocketRole.Client, bounds);
        var limits = new WebSocketLimits { MaxFramePayload = options.MaxModelMessage, MaxMessageSize = options.MaxModelMessage };
        Reader = new WebSocketReader(transport.Input, WebSocketRole.Client, limits, Writer);
    }

    /// <summary>The session's id.</summary>
    public string SessionId { get; private set; } = "";

    /// <summary>Whether the connection is, as far as is known, up.</summary>
    public bool IsUp => _disposed == 0 && Fault is null && !Writer.IsFaulted;

    /// <summary>Why the session is of no use any more; null while it is.</summary>
    public string? Fault { get; private set; }

    /// <summary>What it was configured with, as it was asked for.</summary>
    internal RealtimeSessionConfig Config { get; private set; } = new();

    internal WebSocketReader Reader { get; }

    internal WebSocketWriter Writer { get; }

    /// <summary>Until the server ends the session; by the monotonic clock.</summary>
    internal TimeSpan TimeLeft => _limit - _time.GetElapsedTime(_opened);

    /// <summary>Dials, configures, and waits until the server confirms the formats asked for.</summary>
    /// <param name="connector">Dials.</param>
    /// <param name="config">The session; its audio formats are overwritten by the options' mode.</param>
    /// <param name="options">Time limits, sizes and the audio mode.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ModelConnectException">It did not come about; the exception says why and whether trying again may help.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async ValueTask<PreparedModel> PrepareAsync(
        IModelConnector connector, RealtimeSessionConfig config, CallSessionOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connector);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        try
        {
            PreparedModel model = await OpenAsync(connector, config, options, time, cancellationToken);
            connector.Report(null);
            return model;
        }
        catch (ModelConnectException failure)
        {
            connector.Report(failure);
            throw;
        }
    }

    /// <summary>Waits for its call: reads on, so that pings are answered and an end is noticed.</summary>
    public void Park() => _parked = WatchAsync(_unpark.Token);

    /// <summary>The session serves a call from here on: the text it was configured with is not needed any more.</summary>
    internal void Settle() => _configuration = [];

    /// <summary>Ends the wait; the session is the caller's from here on.</summary>
    /// <returns>Whether it is still up.</returns>
    public async ValueTask<bool> TakeAsync()
    {
        _unpark.Cancel();
        await _parked;
        return IsUp;
    }

    /// <summary>Makes the session what <paramref name="config"/> says; nothing is sent when it is that already.</summary>
    /// <exception cref="ModelConnectException">The server refused, did not answer or went away.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ValueTask ReconfigureAsync(RealtimeSessionConfig config, CancellationToken cancellationToken)
    {
        if (!Write(config).AsSpan().SequenceEqual(_configuration))
        {
            return ConfigureAsync(config, opening: false, cancellationToken);
        }

        Config = config;
        return ValueTask.CompletedTask;
    }

    /// <summary>Tells the server that the session is not needed, and drops the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _unpark.Cancel();
        await _parked;
        if (!Writer.IsClosed)
        {
            using var limit = new CancellationTokenSource(_options.CloseTimeout, _time);
            try
            {
                await Writer.CloseAsync(1000, "not needed", limit.Token);
            }
            catch (OperationCanceledException)
            {
                // A server that does not read learns it from the connection's end.
            }
        }

        await DropAsync();
    }

    /// <summary>Drops the connection without a word; whoever took the session has closed it.</summary>
    internal async ValueTask DropAsync()
    {
        Volatile.Write(ref _disposed, 1);
        Reader.Dispose();
        switch (_transport)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync();
                break;
            default:
                await _transport.Output.CompleteAsync();
                await _transport.Input.CompleteAsync();
                break;
        }
    }

    private static async ValueTask<PreparedModel> OpenAsync(
        IModelConnector connector, RealtimeSessionConfig config, CallSessionOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        IDuplexPipe transport = await ConnectAsync(connector, options, time, cancellationToken);
        var model = new PreparedModel(transport, options, time);
        try
        {
            await model.ConfigureAsync(config, opening: true, cancellationToken);
            return model;
        }
        catch
        {
            await model.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask<IDuplexPipe> ConnectAsync(IModelConnector connector, CallSessionOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ModelConnectTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await connector.ConnectAsync(linked.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ModelConnectException(
                CallEndReason.ModelTimeout, $"The Realtime API did not complete the upgrade within {options.ModelConnectTimeout.TotalSeconds:0.#} s.");
        }
        catch (IOException e)
        {
            throw new ModelConnectException(CallEndReason.ModelDisconnected, e.Message, e);
        }
    }

    private RealtimeAudioFormat Format => FormatGuard.FormatOf(_options.AudioMode);

    private byte[] Write(RealtimeSessionConfig config)
    {
        ArrayBufferWriter<byte> buffer = s_buffer ??= new ArrayBufferWriter<byte>(4096);
        buffer.ResetWrittenCount();
        RealtimeClientEvents.WriteSessionUpdate(buffer, config with { InputFormat = Format, OutputFormat = Format }, ModelOutput.SessionUpdateEventId);
        return buffer.WrittenSpan.ToArray();
    }

    private async ValueTask ConfigureAsync(RealtimeSessionConfig config, bool opening, CancellationToken cancellationToken)
    {
        Config = config;
        _configuration = Write(config);
        if (!opening)
        {
            SendConfiguration();
        }

        using var timeout = new CancellationTokenSource(_options.ModelReadyTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            do
            {
                WebSocketReadStatus status = await Reader.ReadAsync(linked.Token);
                if (status != WebSocketReadStatus.Message)
                {
                    ModelLoss loss = ModelEnds.Of(Reader, status);
                    throw new ModelConnectException(loss.Reason, loss.Detail);
                }
            }
            while (!TakeEvent(Reader.Payload));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ModelConnectException(
                CallEndReason.ModelTimeout, $"The Realtime API did not confirm the session within {_options.ModelReadyTimeout.TotalSeconds:0.#} s.");
        }
        catch (IOException e)
        {
            throw new ModelConnectException(CallEndReason.ModelDisconnected, e.Message, e);
        }
    }

    /// <summary>One event on the way to a session; true when it is ready.</summary>
    private bool TakeEvent(ReadOnlySpan<byte> utf8)
    {
        if (RealtimeServerEventParser.Parse(utf8, out RealtimeServerEvent e) != RealtimeError.None)
        {
            return false;
        }

        switch (e.Type)
        {
            case RealtimeServerEventType.SessionCreated:
                _opened = _time.GetTimestamp();
                RealtimeServerEvents.ReadSession(utf8, out RealtimeSessionInfo? created);
                TakeLimit(created);
                SendConfiguration();
                return false;
            case RealtimeServerEventType.SessionUpdated:
                RealtimeServerEvents.ReadSession(utf8, out RealtimeSessionInfo? session);
                if (!FormatGuard.IsMet(session, Format, out string found))
                {
                    throw new ModelConnectException(CallEndReason.ModelFormatMismatch, $"Asked for {Format} both ways; the session has {found}.");
                }

                SessionId = session?.Id ?? SessionId;
                TakeLimit(session);
                return true;
            case RealtimeServerEventType.Error:
                RealtimeServerEvents.ReadError(utf8, out RealtimeErrorInfo? error);
                throw new ModelConnectException(ModelEnds.ReasonOfRefusal(error), $"{error?.Code ?? error?.Type}: {error?.Message}");
            default:
                return false;
        }
    }

    /// <summary>The server's clock may differ from ours: its word counts as far as it is plausible; no word changes nothing.</summary>
    private void TakeLimit(RealtimeSessionInfo? session)
    {
        if (session?.ExpiresAt is { } at)
        {
            TimeSpan left = at - _time.GetUtcNow() + _time.GetElapsedTime(_opened);
            _limit = left > TimeSpan.Zero && left < _options.Upstream.SessionLimit ? left : _options.Upstream.SessionLimit;
        }
    }

    private void SendConfiguration()
    {
        Writer.TryAppend(WebSocketOpcode.Text, _configuration);
        Writer.Flush();
    }

    private async Task WatchAsync(CancellationToken unpark)
    {
        try
        {
            while (true)
            {
                WebSocketReadStatus status = await Reader.ReadAsync(unpark);
                if (status != WebSocketReadStatus.Message)
                {
                    Fault = ModelEnds.Of(Reader, status).Detail;
                    return;
                }

                if (RealtimeServerEventParser.Parse(Reader.Payload, out RealtimeServerEvent e) == RealtimeError.None && e.Type == RealtimeServerEventType.Error)
                {
                    // Nothing was asked of it: an error here is of the session itself, and its close follows.
                    RealtimeServerEvents.ReadError(Reader.Payload, out RealtimeErrorInfo? error);
                    Fault = $"{error?.Code ?? error?.Type}: {error?.Message}";
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (unpark.IsCancellationRequested)
        {
            // Its call has come.
        }
        catch (IOException e)
        {
            Fault = e.Message;
        }
    }
}
