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
    private const int FrameMs = TelephoneLeg.FrameMs;
    private const int FrameSamples = TelephoneLeg.FrameSamples;

    private static readonly WebSocketWriterOptions s_writing = new() { ControlBudget = 4 * 1024 * 1024 };
    private static readonly WebSocketLimits s_reading = new() { MaxFramePayload = 8 * 1024 * 1024, MaxMessageSize = 8 * 1024 * 1024 };

    private readonly Lock _gate = new();
    private readonly IDuplexPipe _line;
    private readonly TwilioTwinOptions _options;
    private readonly TimeProvider _time;
    private readonly WebSocketWriter _socket;
    private readonly WebSocketReader _reader;
    private readonly CancellationTokenSource _ended = new(); // never disposed: it holds nothing, and may be cancelled while the stream ends by itself
    private readonly Agenda _agenda;
    private readonly TwilioMessages _messages;
    private readonly TwilioCommand _command;
    private readonly PlayoutBuffer _playout;
    private readonly TelephoneLeg _leg;
    private readonly bool _ownsLeg;
    private readonly CallerVoiceSender _voice;
    private readonly DrynessMeter _dryness = new();
    private readonly Action _tick;
    private readonly byte[] _played = new byte[FrameSamples];
    private readonly byte[] _sent = new byte[FrameSamples];
    private readonly short[] _hearing = new short[FrameSamples];
    private readonly short[] _said = new short[FrameSamples];
    private long _frames;
    private bool _closing;

    /// <summary>Creates a stream.</summary>
    /// <param name="line">The upgraded connection; frames only. The stream completes both of its pipes.</param>
    /// <param name="scenario">What the callee does.</param>
    /// <param name="time">The clock.</param>
    /// <param name="options">Identity and behaviour; null for the defaults.</param>
    public TwilioTwinStream(IDuplexPipe line, Scenario scenario, TimeProvider time, TwilioTwinOptions? options = null)
        : this(line, scenario, time, options, null)
    {
    }

    /// <summary>Creates a stream of a call that has been going on: its person is heard and spoken to through <paramref name="leg"/>.</summary>
    internal TwilioTwinStream(IDuplexPipe line, Scenario scenario, TimeProvider time, TwilioTwinOptions? options, TelephoneLeg? leg)
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
        _ownsLeg = leg is null;
        _leg = leg ?? new TelephoneLeg(scenario, Record);
        _voice = new CallerVoiceSender(_messages, _options.Faults, scenario.Seed, scenario.Line.LoseEveryFrames);
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
            if (!_ownsLeg)
            {
                _leg.SetDriven(true);
                _leg.Callee.RecordInto(Record);
            }

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
            _leg.Callee.Finish();
        }

        _agenda.Dispose();
        if (!_ownsLeg)
        {
            _leg.SetDriven(false);
        }

        await FinishAsync();
        return Record;
    }

    /// <summary>Ends the stream from the carrier's side, with stop: the call was updated or ended.</summary>
    internal void Stop(TwilioTwinEnd end)
    {
        lock (_gate)
        {
            HangUp(end);
        }

        _socket.Flush();
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

        int length = _playout.Play(_played);
        for (int i = 0; i < _hearing.Length; i++)
        {
            _hearing[i] = TelephoneCodec.FromMuLaw(_played[i]);
        }

        int turns = Record.Turns.Count;
        double agentDb = _leg.Frame(_hearing, _said, _sent);
        Record.Heard.Append(_hearing);
        Record.Said.Append(_said);
        if (_dryness.Note(length, agentDb))
        {
            Record.Underruns++;
        }

        if (length > 0)
        {
            Record.FirstAudioAt ??= now;
        }

        EchoMarks(now, cleared: false);
        if (_voice.Send(now, _sent))
        {
            Record.MediaSent++;
        }

        foreach (char digit in _leg.Callee.Digits ?? "")
        {
            Record.Digits.Add((now, digit));
            _messages.Dtmf(digit);
        }

        FramePlayed?.Invoke(new TwilioTwinFrame(now, Loudness.Db(_said), agentDb, _playout.Count / 8.0));
        if (Record.Turns.Count > turns)
        {
            TurnStarted?.Invoke(Record.Turns[^1]);
        }

        if (_leg.Callee.HangsUp is { } end)
        {
            HangUp(end);
        }
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
            case TwilioCommand.MessageKind.Media:
                Record.MediaReceived++;
                Record.AudioReceivedMs += _command.Payload.Length / 8.0;
                if (!_playout.Append(_command.Payload))
                {
                    Record.Warnings.Add(new TwilioTwinWarning(31931, now, "more audio buffered than play-out takes"));
                }

                Record.MostBufferedMs = Math.Max(Record.MostBufferedMs, _playout.Count / 8.0);
                break;
            case TwilioCommand.MessageKind.Mark:
                var mark = new TwilioTwinMark { Name = _command.MarkName, ReceivedAt = now, PositionMs = _playout.Received / 8.0 };
                Record.Marks.Add(mark);
                _playout.Mark(mark);
                EchoMarks(now, cleared: false);
                break;
            case TwilioCommand.MessageKind.Clear:
                int dropped = _playout.Clear();
                Record.Clears.Add(new TwilioTwinClear(now, dropped / 8.0, EchoMarks(now, cleared: true)));
                _dryness.Forgive();
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
