using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Speech;
using Concierge.Simulation.Time;
using Concierge.WebSockets;

namespace Concierge.Simulation.Realtime;

/// <summary>
/// One session of the Realtime twin, after the upgrade: speaks the GA dialect over WebSocket frames on a duplex, hears, answers from its scenario, and
/// records everything.
/// </summary>
/// <remarks>
/// All state is behind one lock, taken by the reading loop for each client event and by the agenda for each timed action; both append to the writer under it
/// and flush after it. Nothing waits inside, so under a <see cref="VirtualTimeLoop"/> the session is deterministic for a seed.
/// </remarks>
public sealed class RealtimeTwinSession
{
    // What a client may leave unread before the twin stops talking: far more than any client that works.
    private static readonly WebSocketWriterOptions s_writing = new() { ControlBudget = 64 * 1024 * 1024 };

    // PROTOCOL B.9: 15 MiB of audio per append, as base64 and with its envelope.
    private static readonly WebSocketLimits s_reading = new() { MaxFramePayload = 24 * 1024 * 1024, MaxMessageSize = 24 * 1024 * 1024 };

    private static readonly TimeSpan s_closeTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly IDuplexPipe _line;
    private readonly RealtimeTwinOptions _options;
    private readonly RealtimeTwinConnection _connection;
    private readonly TimeProvider _time;
    private readonly WebSocketWriter _socket;
    private readonly WebSocketReader _reader;
    private readonly Agenda _agenda;
    private readonly CancellationTokenSource _ended = new(); // never disposed: it holds nothing, and may be cancelled while the session ends by itself
    private readonly RealtimeFaultPlan _faults;
    private readonly RealtimeEventLog? _log;
    private readonly RealtimeEventWriter _events;
    private readonly RealtimeSessionState _session;
    private readonly RealtimeConversation _conversation;
    private readonly RealtimeHearing _hearing;
    private readonly RealtimeSpeaking _speaking;
    private readonly RealtimeCommands _commands;
    private bool _closing;

    /// <summary>Creates a session.</summary>
    /// <param name="line">The upgraded connection; frames only. The session completes both of its pipes.</param>
    /// <param name="scenario">What the model says.</param>
    /// <param name="time">The clock.</param>
    /// <param name="options">Behaviour; null for the defaults.</param>
    /// <param name="connection">What the upgrade request said; null for a plain, authorised one.</param>
    /// <param name="progress">The call's, when this connection follows a lost one; null begins a call.</param>
    public RealtimeTwinSession(
        IDuplexPipe line,
        Scenario scenario,
        TimeProvider time,
        RealtimeTwinOptions? options = null,
        RealtimeTwinConnection? connection = null,
        ScenarioProgress? progress = null)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(time);
        progress ??= new ScenarioProgress(scenario);
        _line = line;
        _options = options ?? new RealtimeTwinOptions();
        _connection = connection ?? new RealtimeTwinConnection { ApiKey = _options.ApiKey };
        _time = time;
        _socket = new WebSocketWriter(line.Output, WebSocketRole.Server, s_writing);
        _reader = new WebSocketReader(line.Input, WebSocketRole.Server, s_reading, _socket);
        _agenda = new Agenda(time, _gate, () => _faults!.Flush(), Fail);
        _faults = new RealtimeFaultPlan(_options.Faults, _agenda, _gate, _socket);
        var ids = new RealtimeIds(progress.Seed);
        DateTimeOffset now = time.GetUtcNow();
        Record = new RealtimeTwinRecord(now, new AudioTrack(24000)) { SessionId = ids.Next("sess_") };
        _log = _options.EventLog is { } log ? new RealtimeEventLog(log, Record.SessionId) : null;
        _events = new RealtimeEventWriter(_socket, _options, _faults, Record, progress.Seed, _agenda) { Log = _log };
        bool transcribes = _connection.IsTranscription || _connection.Session?["type"]?.ToString() == "transcription";
        _session = new RealtimeSessionState(Record.SessionId, _connection.Model, (now + _options.SessionLimit).ToUnixTimeSeconds(), transcribes);
        if (_connection.Session is { } settings)
        {
            _session.TryUpdate(settings, hasSpoken: false);
        }

        _conversation = new RealtimeConversation(_events, ids);
        _hearing = new RealtimeHearing(_events, _conversation, _session, Record, _options, ids, _agenda, progress, _faults);
        var mcp = new RealtimeMcp(_events, _conversation, _session, ids, _agenda, _faults, scenario);
        _speaking = new RealtimeSpeaking(_events, _conversation, _session, Record, _options, _faults, ids, _agenda, progress, mcp, () => _socket.PendingBytes);
        _commands = new RealtimeCommands(_events, _session, _conversation, _hearing, _speaking, mcp, Record, _agenda);
    }

    /// <summary>What happened; complete when <see cref="RunAsync"/> has returned.</summary>
    public RealtimeTwinRecord Record { get; }

    /// <summary>Whether <see cref="RunAsync"/> has returned or is about to: the record is complete.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Ends the connection at once without a close frame, as a reset would. Set by whoever owns a real socket; the default completes the pipes with an error.</summary>
    public Action? Abort { get; set; }

    /// <summary>Runs the session until the connection ends.</summary>
    /// <param name="ct">Ends it at once.</param>
    /// <returns><see cref="Record"/>. Ends of any kind are recorded, not thrown.</returns>
    public async Task<RealtimeTwinRecord> RunAsync(CancellationToken ct = default)
    {
        using CancellationTokenRegistration registration = ct.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _ended);
        lock (_gate)
        {
            Open();
        }

        _faults.Flush();
        try
        {
            await ReadAsync();
        }
        catch (OperationCanceledException)
        {
            // Ended from inside (fault, expiry) or by the caller: the record says why.
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            Record.Fault ??= e;
        }

        Record.EndedAt = _agenda.Now;
        lock (_gate)
        {
            _speaking.Forget();
        }

        _agenda.Dispose();
        await FinishAsync();
        HasEnded = true;
        return Record;
    }

    /// <summary>Sets other faults in mid-session; their times count from now. Faults of the handshake have no effect any more.</summary>
    /// <param name="faults">What goes wrong from now on.</param>
    public void SetFaults(RealtimeTwinFaults faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        lock (_gate)
        {
            _faults.Set(faults);
            if (!_closing)
            {
                Schedule();
            }
        }

        _faults.Flush();
    }

    private async Task ReadAsync()
    {
        while (true)
        {
            if (_faults.TakeReadingStall() is { } stall)
            {
                await Task.Delay(stall, _time, _ended.Token);
            }

            WebSocketReadStatus status = await _reader.ReadAsync(_ended.Token);
            if (status != WebSocketReadStatus.Message)
            {
                if (!Record.ClosedByTwin)
                {
                    Record.CloseCode = _reader.CloseCode;
                    Record.CloseReason = _reader.CloseReason;
                }

                Record.Fault ??= _reader.Fault;
                return;
            }

            lock (_gate)
            {
                if (!_closing)
                {
                    Handle(_reader.Opcode, _reader.Payload);
                }
            }

            _faults.Flush();
        }
    }

    private async Task FinishAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(s_closeTimeout, _time);
            await _socket.DrainAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The client does not read what is left: it does not get it.
        }

        _reader.Dispose();
        await _line.Output.CompleteAsync();
        await _line.Input.CompleteAsync();
    }

    private void Open()
    {
        RealtimeTwinFaults faults = _options.Faults;
        if (_connection.AsksForBeta)
        {
            Refuse(new RealtimeTwinError("beta_api_shape_disabled", "The beta Realtime API shape is no longer available. Please migrate to the GA API."), 4000, "invalid_request_error.beta_api_shape_disabled");
            return;
        }

        if (_options.ApiKey is { } key && _connection.ApiKey != key && !_connection.IsAuthorized)
        {
            Refuse(new RealtimeTwinError("invalid_api_key", "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys."), 3000, "invalid_request_error.invalid_api_key");
            return;
        }

        if (faults.ErrorAfterOpen is { } code)
        {
            bool expired = code == "session_expired";
            Refuse(new RealtimeTwinError(code, expired ? "Your session hit the maximum duration of 60 minutes." : $"The request was refused: {code}."), expired ? 1001 : 3000, expired ? "" : "invalid_request_error." + code);
            return;
        }

        if (faults.Mute)
        {
            return;
        }

        _commands.TellSession("session.created");
        _commands.ListTools();
        _agenda.At(_options.SessionLimit, () => Refuse(
            new RealtimeTwinError("session_expired", "Your session hit the maximum duration of 60 minutes."), 1001, ""));
        Schedule();
    }

    // The faults' times count from now: the opening, or the moment they were set.
    private void Schedule()
    {
        RealtimeTwinFaults faults = _faults.Settings;
        int generation = _faults.Generation;
        At(faults.ErrorEventAt, () => _events.SendError(
            new RealtimeTwinError(faults.ErrorEventCode, "The server had an error while processing your request. Sorry about that!", null, faults.ErrorEventCode == "server_error" ? "server_error" : "invalid_request_error"), null));
        At(faults.CloseAt, () => Close(faults.CloseCode, faults.CloseReason));
        At(faults.ResetAt, Reset);
        At(faults.DropMidFrameAt, () => _ = DropMidFrameAsync());
        At(faults.StallWritingAt, () => _faults.StallWriting(faults.StallWritingFor));

        void At(TimeSpan? after, Action action)
        {
            if (after is { } time)
            {
                _agenda.After(time, () =>
                {
                    if (generation == _faults.Generation && !_closing)
                    {
                        action();
                    }
                });
            }
        }
    }

    private void Handle(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        if (opcode != WebSocketOpcode.Text)
        {
            _events.SendError(new RealtimeTwinError("invalid_event", "The message must be a text frame holding one JSON object."), null);
            return;
        }

        _log?.Write("client", _agenda.Now, message);

        // Fifty times a second: no tree for audio.
        if (RealtimeAppendReader.TryRead(message, out ReadOnlySpan<byte> audio))
        {
            if (_hearing.Append(audio) is { } refused)
            {
                _events.SendError(refused, null);
            }

            return;
        }

        JsonObject? command = null;
        try
        {
            command = JsonNode.Parse(message) as JsonObject;
        }
        catch (JsonException)
        {
            // Falls through to the refusal.
        }

        if (command is null)
        {
            Record.AddReceived(new RealtimeTwinEvent(_agenda.Now, "(not JSON)", message.Length, false, Encoding.UTF8.GetString(message)));
            _events.SendError(new RealtimeTwinError("invalid_event", "The server had an error while parsing your event: it is not a JSON object."), null);
            return;
        }

        string? eventId = command["event_id"] is JsonValue id && id.GetValueKind() == JsonValueKind.String ? id.GetValue<string>() : null;
        string type = command["type"] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";
        RealtimeTwinError? error = RealtimeCommandRules.Check(type, command) ?? _commands.Execute(type, command);
        string? text = type == "input_audio_buffer.append" ? null : Encoding.UTF8.GetString(message);
        Record.AddReceived(new RealtimeTwinEvent(_agenda.Now, type, message.Length, error is null, text));
        if (error is not null)
        {
            _events.SendError(error, eventId);
        }
    }

    private void Refuse(RealtimeTwinError error, int closeCode, string reason)
    {
        _events.SendError(error, null);
        Close(closeCode, reason);
    }

    private void Close(int code, string reason)
    {
        if (_closing)
        {
            return;
        }

        _closing = true;
        Record.ClosedByTwin = true;
        Record.CloseCode = code;
        Record.CloseReason = reason;
        _events.AfterLast(() => _ = _socket.CloseAsync(code, reason));
        _agenda.After(s_closeTimeout, _ended.Cancel);
    }

    private void Reset()
    {
        _closing = true;
        Record.ClosedByTwin = true;
        Record.CloseCode = WebSocketErrors.AbnormalClosure;
        _socket.Abort();
        if (Abort is not null)
        {
            Abort();
        }
        else
        {
            _line.Output.Complete(new IOException("Connection reset by peer."));
        }

        _ended.Cancel();
    }

    // The header promises a kilobyte; a few octets come.
    private async Task DropMidFrameAsync()
    {
        try
        {
            await _socket.DrainAsync(_ended.Token);
            lock (_gate)
            {
                _closing = true;
                _socket.Abort();
            }

            await _line.Output.WriteAsync((byte[])[0x81, 126, 4, 0, .. "{\"type\":\"response.output_audio.delta\",\"delta\":\""u8], _ended.Token);
            await Task.Delay(TimeSpan.FromMilliseconds(50), _time, _ended.Token);
            lock (_gate)
            {
                Reset();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // It ended first.
        }
    }

    private void Fail(Exception fault)
    {
        Record.Fault ??= fault;
        _ended.Cancel();
    }
}
