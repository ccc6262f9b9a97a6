using System.IO.Pipelines;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Speech;
using Concierge.Simulation.Time;
using Concierge.WebSockets;

namespace Concierge.Simulation.Twilio;

/// <summary>
/// One Media Stream of the Twilio twin, after the upgrade: sends the callee's voice in 20 ms frames, plays what comes back in real time, and records both on one
/// clock.
/// </summary>
/// <remarks>Locking as in <see cref="Realtime.RealtimeTwinSession"/>: one lock, nothing waits under it, deterministic on a virtual clock.</remarks>
public sealed class TwilioTwinStream
{
    private const int FrameMs = 20;
    private const int FrameSamples = 160;
    private const double SpeechDb = -45;
    private const int MostUnderrunFrames = 10;

    private static readonly WebSocketWriterOptions s_writing = new() { ControlBudget = 4 * 1024 * 1024 };
    private static readonly WebSocketLimits s_reading = new() { MaxFramePayload = 8 * 1024 * 1024, MaxMessageSize = 8 * 1024 * 1024 };

    private readonly Lock _gate = new();
    private readonly IDuplexPipe _line;
    private readonly TwilioTwinOptions _options;
    private readonly TimeProvider _time;
    private readonly WebSocketWriter _socket;
    private readonly WebSocketReader _reader;
    private readonly CancellationTokenSource _ended = new();
    private readonly Agenda _agenda;
    private readonly TwilioMessages _messages;
    private readonly TwilioCommand _command;
    private readonly PlayoutBuffer _playout;
    private readonly ScriptedCallee _callee;
    private readonly TelephoneLine _telephone;
    private readonly Random _jitter;
    private readonly Action _tick;
    private readonly int _loseEvery;
    private readonly int _firstTimestamp;
    private readonly byte[] _played = new byte[FrameSamples];
    private readonly byte[] _sent = new byte[FrameSamples];
    private readonly short[] _said = new short[FrameSamples];
    private long _frames;
    private int _dryFrames;
    private bool _wasLoud;
    private bool _closing;

    /// <summary>Creates a stream.</summary>
    /// <param name="line">The upgraded connection; frames only. The stream completes both of its pipes.</param>
    /// <param name="scenario">What the callee does.</param>
    /// <param name="time">The clock.</param>
    /// <param name="options">Identity and behaviour; null for the defaults.</param>
    public TwilioTwinStream(IDuplexPipe line, Scenario scenario, TimeProvider time, TwilioTwinOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(time);
        _line = line;
        _options = options ?? new TwilioTwinOptions();
        _time = time;
        _socket = new WebSocketWriter(line.Output, WebSocketRole.Client, s_writing);
        _reader = new WebSocketReader(line.Input, WebSocketRole.Client, s_reading, _socket);
        _agenda = new Agenda(time, _gate, _socket.Flush, Fail);
        Record = new TwilioTwinRecord(
            _options.AccountSid ?? TwilioSid.Make("AC", scenario.Seed),
            _options.CallSid ?? TwilioSid.Make("CA", scenario.Seed),
            _options.StreamSid ?? TwilioSid.Make("MZ", scenario.Seed));
        _messages = new TwilioMessages(_socket, Record.StreamSid);
        _command = new TwilioCommand(Record.StreamSid);
        _playout = new PlayoutBuffer((int)(_options.MaxBuffered.TotalMilliseconds * 8));
        _callee = new ScriptedCallee(scenario, Record);
        _telephone = new TelephoneLine(scenario.Line, scenario.Seed);
        _loseEvery = scenario.Line.LoseEveryFrames;
        _jitter = new Random(scenario.Seed ^ 0x71CC);
        _firstTimestamp = _jitter.Next(80, 180);
        _tick = Tick;
    }

    /// <summary>What happened; complete when <see cref="RunAsync"/> has returned.</summary>
    public TwilioTwinRecord Record { get; }

    /// <summary>Called for every frame, on the twin's thread, for displays. Must be quick and must not throw.</summary>
    public Action<TwilioTwinFrame>? FramePlayed { get; set; }

    /// <summary>Called when the callee begins a turn, as <see cref="FramePlayed"/>.</summary>
    public Action<TwilioTwinTurn>? TurnStarted { get; set; }

    /// <summary>Ends the connection at once without a close frame, as a reset would. Set by whoever owns a real socket; the default completes the pipe with an error.</summary>
    public Action? Abort { get; set; }

    /// <summary>Runs the stream until it ends.</summary>
    /// <param name="ct">Ends it at once.</param>
    /// <returns><see cref="Record"/>. Ends of any kind are recorded, not thrown.</returns>
    public async Task<TwilioTwinRecord> RunAsync(CancellationToken ct = default)
    {
        using CancellationTokenRegistration registration = ct.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _ended);
        lock (_gate)
        {
            Open();
        }

        _socket.Flush();
        try
        {
            await ReadAsync();
        }
        catch (OperationCanceledException)
        {
            if (!_closing)
            {
                Record.End = TwilioTwinEnd.Cancelled;
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            Record.Fault ??= e;
        }

        lock (_gate)
        {
            _closing = true;
            Record.EndedAt = _agenda.Now;
            _callee.Finish();
        }

        _agenda.Dispose();
        await FinishAsync();
        return Record;
    }

    private async Task ReadAsync()
    {
        while (true)
        {
            if (_options.Faults.StallReadingAt is { } at && _agenda.Now >= at)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, _ended.Token);
            }

            WebSocketReadStatus status = await _reader.ReadAsync(_ended.Token);
            if (status != WebSocketReadStatus.Message)
            {
                if (!_closing)
                {
                    Record.CloseCode = _reader.CloseCode;
                    Record.CloseReason = _reader.CloseReason;
                    Record.Fault ??= _reader.Fault;
                    Record.End = status switch
                    {
                        WebSocketReadStatus.Close => TwilioTwinEnd.NodeClosed,
                        WebSocketReadStatus.Error when _reader.Fault is null => TwilioTwinEnd.ProtocolError,
                        _ => TwilioTwinEnd.NodeDropped,
                    };
                }

                return;
            }

            lock (_gate)
            {
                if (!_closing)
                {
                    Handle();
                }
            }

            _socket.Flush();
        }
    }

    private async Task FinishAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(_options.CloseTimeout, _time);
            await _socket.DrainAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The node does not read what is left: it does not get it.
        }

        _reader.Dispose();
        await _line.Output.CompleteAsync();
        await _line.Input.CompleteAsync();
        _ended.Dispose();
    }

    private void Open()
    {
        TwilioTwinFaults faults = _options.Faults;
        Record.StartedAt = _time.GetUtcNow();
        _messages.Connected();
        if (faults.NeverStart)
        {
            _agenda.At(_options.TimeLimit, () => HangUp(TwilioTwinEnd.TimeLimit));
            return;
        }

        _messages.Start(Record, _options);
        _agenda.At(TimeSpan.FromMilliseconds(FrameMs), _tick);
        _agenda.At(_options.TimeLimit, () => HangUp(TwilioTwinEnd.TimeLimit));
        if (faults.CloseAt is { } closeAt)
        {
            _agenda.At(closeAt, () => Close(TwilioTwinEnd.Fault, faults.CloseCode));
        }

        if (faults.ResetAt is { } resetAt)
        {
            _agenda.At(resetAt, Reset);
        }
    }

    // Every 20 ms by the clock, however late the timer is: what was missed is made up at once.
    private void Tick()
    {
        if (_closing)
        {
            return;
        }

        _frames++;
        var now = TimeSpan.FromMilliseconds(_frames * FrameMs);
        _agenda.At(now + TimeSpan.FromMilliseconds(FrameMs), _tick);

        Span<short> heard = Record.Heard.Extend(FrameSamples);
        int length = _playout.Play(_played);
        for (int i = 0; i < heard.Length; i++)
        {
            heard[i] = TelephoneCodec.FromMuLaw(_played[i]);
        }

        int turns = Record.Turns.Count;
        double agentDb = _callee.Frame(heard, _said);
        NoteDryness(length, agentDb);
        if (length > 0)
        {
            Record.FirstAudioAt ??= now;
        }

        EchoMarks(now, cleared: false);
        _telephone.Apply(_said, heard);
        Span<short> said = Record.Said.Extend(FrameSamples);
        for (int i = 0; i < said.Length; i++)
        {
            _sent[i] = TelephoneCodec.ToMuLaw(_said[i]);
            said[i] = TelephoneCodec.FromMuLaw(_sent[i]);
        }

        SendFrame(now);
        foreach (char digit in _callee.Digits ?? "")
        {
            Record.Digits.Add((now, digit));
            _messages.Dtmf(digit);
        }

        FramePlayed?.Invoke(new TwilioTwinFrame(now, Loudness.Db(said), agentDb, _playout.Count / 8.0));
        if (Record.Turns.Count > turns)
        {
            TurnStarted?.Invoke(Record.Turns[^1]);
        }

        if (_callee.HangsUp is { } end)
        {
            HangUp(end);
        }
    }

    private void SendFrame(TimeSpan now)
    {
        TwilioTwinFaults faults = _options.Faults;
        if (Every(faults.MalformedEveryFrames))
        {
            _messages.Send("{\"event\":\"media\",\"media\":{"u8);
        }

        if (Every(faults.UnknownEveryFrames))
        {
            _messages.Send("""{"event":"weather","sequenceNumber":"7","weather":{"sky":["blue",null]}}"""u8);
        }

        // Lost on its way to the carrier: the chunk counts it, nothing is sent.
        if (Every(_loseEvery) || now >= faults.SilentFrom)
        {
            return;
        }

        long timestamp = _firstTimestamp + ((_frames - 1) * FrameMs) + _jitter.Next(2);
        _messages.Media(_frames, timestamp, _sent, spoiled: Every(faults.BadBase64EveryFrames));
        if (Every(faults.DuplicateEveryFrames))
        {
            _messages.Media(_frames, timestamp, _sent, repeats: true);
        }

        Record.MediaSent++;

        bool Every(int n) => n > 0 && _frames % n == 0;
    }

    private void Handle()
    {
        TimeSpan now = _agenda.Now;
        if (_reader.Opcode != WebSocketOpcode.Text)
        {
            Record.Warnings.Add(new TwilioTwinWarning(31950, now, "not a text frame"));
            return;
        }

        switch (_command.Read(_reader.Payload))
        {
            case TwilioCommand.Kind.Media:
                Record.MediaReceived++;
                Record.AudioReceivedMs += _command.Payload.Length / 8.0;
                if (!_playout.Append(_command.Payload))
                {
                    Record.Warnings.Add(new TwilioTwinWarning(31931, now, "more audio buffered than play-out takes"));
                }

                Record.MostBufferedMs = Math.Max(Record.MostBufferedMs, _playout.Count / 8.0);
                break;
            case TwilioCommand.Kind.Mark:
                var mark = new TwilioTwinMark { Name = _command.MarkName, ReceivedAt = now, PositionMs = _playout.Received / 8.0 };
                Record.Marks.Add(mark);
                _playout.Mark(mark);
                EchoMarks(now, cleared: false);
                break;
            case TwilioCommand.Kind.Clear:
                int dropped = _playout.Clear();
                Record.Clears.Add(new TwilioTwinClear(now, dropped / 8.0, EchoMarks(now, cleared: true)));
                _dryFrames = MostUnderrunFrames + 1;
                break;
            default:
                Record.Warnings.Add(new TwilioTwinWarning(31951, now, _command.Fault));
                break;
        }
    }

    private int EchoMarks(TimeSpan now, bool cleared)
    {
        int count = 0;
        while (_playout.TryTakeMark(out TwilioTwinMark mark))
        {
            mark.Cleared = cleared;
            count++;
            if (!_options.Faults.SwallowMarks)
            {
                mark.EchoedAt = now;
                _messages.Mark(mark.Name);
            }
        }

        return count;
    }

    // Audio that stops in the middle of speech and goes on a moment later was not delivered in time.
    private void NoteDryness(int played, double level)
    {
        if (played > 0 && _dryFrames is > 0 and <= MostUnderrunFrames && _wasLoud && level > SpeechDb)
        {
            Record.Underruns++;
        }

        if (played == FrameSamples)
        {
            _dryFrames = 0;
            _wasLoud = level > SpeechDb;
        }
        else if (played > 0)
        {
            _dryFrames = 1;
            _wasLoud = level > SpeechDb;
        }
        else
        {
            _dryFrames++;
        }
    }

    private void HangUp(TwilioTwinEnd end)
    {
        if (_closing)
        {
            return;
        }

        _messages.Stop(Record);
        Close(end, WebSocketErrors.NormalClosure);
    }

    private void Close(TwilioTwinEnd end, int code)
    {
        if (_closing)
        {
            return;
        }

        _closing = true;
        Record.End = end;
        Record.CloseCode = code;
        _ = _socket.CloseAsync(code, "");
        _agenda.After(_options.CloseTimeout, _ended.Cancel);
    }

    private void Reset()
    {
        _closing = true;
        Record.End = TwilioTwinEnd.Fault;
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

    private void Fail(Exception fault)
    {
        Record.Fault ??= fault;
        _ended.Cancel();
    }
}
