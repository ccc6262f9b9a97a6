using System.Diagnostics;
using Concierge.Pipelines.Playback;
using Concierge.Protocols.MediaStreams;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Legs;

/// <summary>
/// What a carrier's messages do once the stream has begun. A wake-up may bring several: all of them are handled, then what they caused is handed over once.
/// </summary>
internal sealed class CarrierPump(
    CarrierLeg leg,
    WebSocketReader reader,
    byte[] streamSid,
    CallSessionOptions options,
    SessionClock clock,
    CallCounters counters,
    CallEnding ending,
    ModelLeg model,
    PlaybackLedger ledger,
    InterruptionGate gate,
    ICallSignals signals) : WebSocketConsumer
{
    private const int WarmUpFrames = 100;
    private const int SteadyFrame = 50; // by then what grows with the first frames has grown

    private readonly DigitRate _digits = new();
    private int _badInARow;

    // Whose objects are fetched ahead of each wake-up.
    private WebSocketWriter? _preparedFor;
    private int _frameOfPreparing = SteadyFrame;

    // Of this wake-up.
    private bool _awake;
    private TimeSpan _now;
    private int _frames;
    private long _woke;
    private long _allocated;
    private long _posted;

    public override bool OnMessage()
    {
        if (!_awake)
        {
            WakeUp();
        }

        if (Handle(_now))
        {
            _frames++;
        }

        return ending.Reason is not (CallEndReason.CarrierStopped or CallEndReason.Transferred or CallEndReason.KeysPressed or CallEndReason.CarrierBadMessage);
    }

    public override void OnPause()
    {
        _awake = false;
        if (_frames == 0)
        {
            return;
        }

        gate.Tick(_now);
        ledger.Tick(_now);
        model.Flush();
        if (options.MeasureLoops)
        {
            Measure();
        }
    }

    private void WakeUp()
    {
        _awake = true;
        if (counters.CallerFrames >= _frameOfPreparing && _preparedFor != model.ReadyWriter)
        {
            Prepare();
        }

        _frames = 0;
        _now = clock.Now;
        if (options.MeasureLoops)
        {
            _woke = Stopwatch.GetTimestamp();
            _allocated = GC.GetAllocatedBytesForCurrentThread();
            _posted = signals.Posted;
        }
    }

    /// <summary>Names what a frame of the caller touches from here to the model's socket.</summary>
    private void Prepare()
    {
        _frameOfPreparing = 0;
        _preparedFor = model.ReadyWriter;
        WorkingSet set = new();
        set.Add(this);
        set.Add(leg);
        set.Add(streamSid);
        leg.Caller.AddTo(set);
        set.Add(clock);
        set.Add(counters, CallCounters.OctetsPerFrame);
        set.Add(ending);
        set.Add(model);
        set.Add(gate);
        ledger.AddTo(set);
        _preparedFor?.AddTo(set);
        reader.Prepare(set);
    }

    /// <summary>Handles the reader's message; true when it was a media frame.</summary>
    private bool Handle(TimeSpan now)
    {
        if (reader.Opcode != WebSocketOpcode.Text
            || MediaStreamsParser.Parse(reader.Payload, out MediaStreamsEvent message) != MediaStreamsError.None
            || message.Type is MediaStreamsEventType.Unknown or MediaStreamsEventType.Connected)
        {
            CountBad("unreadable or unknown message");
            return false;
        }

        if (!message.StreamSid.SequenceEqual(streamSid))
        {
            ending.TryEnd(CallEndReason.CarrierBadMessage, "A message of another stream arrived.");
            return false;
        }

        _badInARow = 0;
        switch (message.Type)
        {
            case MediaStreamsEventType.Media:
                leg.Caller.Take(message, now, model.ReadyWriter);
                return true;
            case MediaStreamsEventType.Mark:
                ledger.Acknowledge(message.MarkName);
                return false;
            case MediaStreamsEventType.Dtmf:
                HandleDigit((char)message.Digit, now);
                return false;
            case MediaStreamsEventType.Stop:
                ending.TryEnd(ending.Leaving is var leaving and not CallEndReason.None ? leaving : CallEndReason.CarrierStopped);
                return false;
            default:
                ending.TryEnd(CallEndReason.CarrierBadMessage, "A second start message arrived.");
                return false;
        }
    }

    private void HandleDigit(char digit, TimeSpan now)
    {
        if (_digits.TryTake(now))
        {
            signals.Post(new CallEvent.DtmfReceived(now, digit));
        }
        else
        {
            counters.DigitsDropped++;
        }
    }

    private void CountBad(string what)
    {
        counters.CarrierBadMessages++;
        if (++_badInARow >= options.MaxBadMessages)
        {
            ending.TryEnd(CallEndReason.CarrierBadMessage, $"{_badInARow} messages in a row could not be taken: {what}.");
        }
    }

    private void Measure()
    {
        long nanoseconds = Stopwatch.GetElapsedTime(_woke).Ticks * 100;
        if (counters.CallerFrames > WarmUpFrames && _posted == signals.Posted)
        {
            leg.FrameTime.Record(nanoseconds);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - _allocated;
            counters.CallerLoopAllocatedBytes += allocated;
            counters.CallerLoopAllocatingWakeUps += allocated > 0 ? 1 : 0;
            counters.CallerLoopMeasuredFrames += _frames;
        }
    }
}
