using Concierge.Pipelines.Media;
using Concierge.Protocols;
using Concierge.Protocols.MediaStreams;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Legs;

/// <summary>
/// Where the caller's frames enter the call: placed on the carrier's clock, gaps filled with silence, and on to the model. When media stops while the model
/// still waits for the end of a turn, silence goes in its place, or the turn would never end.
/// </summary>
/// <remarks>The carrier loop takes frames, the node's wheel looks for stalls; one lock of this call's own between them.</remarks>
internal sealed class CallerInlet(CallSessionOptions options, CallCounters counters)
{
    private readonly Lock _gate = new();
    private readonly CallerAudioPath _path = new(options, counters);
    private readonly CallerTimeline _timeline = new(Octets(options.GapFill), counters);
    private TimeSpan _heardAt;
    private TimeSpan _silentUpTo; // silence has been sent up to here, on the session's clock
    private int _stalled;         // octets of silence sent for this stall
    private CallerEar? _ear;

    /// <summary>Told when the other side puts the call on hold, and when somebody is there again.</summary>
    public Action<bool>? Hold { get; set; }

    /// <summary>Gets the caller's voice as it is heard; null for nobody.</summary>
    public ICallAudioTap? Tap { get; set; }

    /// <summary>Listens from here on.</summary>
    public void Listen(CallerEar ear) => Volatile.Write(ref _ear, ear);

    /// <summary>Adds what a frame touches here. The parts are made together, so that they stand together.</summary>
    public void AddTo(WorkingSet set)
    {
        set.Add(this, 512);
        _ear?.AddTo(set);
    }

    /// <summary>Takes one media message.</summary>
    /// <param name="message">What the carrier sent.</param>
    /// <param name="now">The session's clock.</param>
    /// <param name="model">The model's writer once its session is ready.</param>
    public void Take(in MediaStreamsEvent message, TimeSpan now, WebSocketWriter? model)
    {
        lock (_gate)
        {
            counters.CallerFrames++;
            _heardAt = now; // whatever had stalled goes on
            _stalled = 0;
            if (!_timeline.TryPlace(message.Chunk))
            {
                counters.CallerFramesRejected++;
                return;
            }

            if (options.GapFill > TimeSpan.Zero)
            {
                _path.ForwardSilence(_timeline.SilenceBefore(message.TimestampMs, CallerAudioPath.DecodedLength(message.Payload)), model);
            }

            // Decoded once for those who listen here; they may not be there, and where the model takes the carrier's own text nobody else needs it.
            ReadOnlySpan<byte> heard = _ear is null && Tap is null ? default : Decode(message);
            if (!heard.IsEmpty && IsNoTurn(heard, message.TimestampMs, now))
            {
                _path.ForwardSilence(heard.Length, model);
                _timeline.Advance(heard.Length);
                return;
            }

            int octets = _path.Forward(message.Payload, message.PayloadHasEscapes, model, message.PayloadIsBase64, heard);
            _timeline.Advance(octets);
            counters.CallerFramesRejected += octets == 0 ? 1 : 0;
        }
    }

    /// <summary>The frame's octets; nothing when they are no base64, which the path counts.</summary>
    private static ReadOnlySpan<byte> Decode(in MediaStreamsEvent message)
    {
        byte[] scratch = AudioScratch.Current.Payload;
        return Base64Text.Decode(message.Payload, message.PayloadHasEscapes, scratch, out int length) == Base64TextError.None ? scratch.AsSpan(0, length) : default;
    }

    /// <summary>Whether what is heard is nobody's turn: music on hold, or the agent's own echo.</summary>
    private bool IsNoTurn(ReadOnlySpan<byte> heard, long timestampMs, TimeSpan now)
    {
        Tap?.OnCaller(now, timestampMs, heard);
        if (_ear is not { } ear)
        {
            return false;
        }

        bool before = ear.IsHold;
        ear.Hear(heard, now);
        if (ear.IsHold != before)
        {
            Hold?.Invoke(ear.IsHold);
        }

        counters.CallerFramesEchoed += ear.IsEcho ? 1 : 0;
        return ear.IsHold || ear.IsEcho;
    }

    /// <summary>Time has passed: sends silence for as long as media that has stopped would have taken. False when there was nothing to send.</summary>
    /// <param name="now">The session's clock.</param>
    /// <param name="callerSpeaks">Whether the model waits for the end of a turn.</param>
    /// <param name="model">The model's writer once its session is ready.</param>
    public bool TryBridge(TimeSpan now, bool callerSpeaks, WebSocketWriter? model)
    {
        if (!callerSpeaks || model is null || options.StalledTurnAfter <= TimeSpan.Zero)
        {
            return false;
        }

        lock (_gate)
        {
            if (now - _heardAt < options.StalledTurnAfter || _stalled >= Octets(options.StalledTurnSilence))
            {
                return false;
            }

            if (_stalled == 0)
            {
                counters.CallerTurnsStalled++;
                _silentUpTo = now - CallWheel.DefaultInterval;
            }

            int octets = Math.Min(Octets(now - _silentUpTo), Octets(options.StalledTurnSilence) - _stalled);
            _silentUpTo = now;
            _stalled += octets;
            counters.CallerSilenceOctets += octets;
            _timeline.Advance(octets);
            _path.ForwardSilence(octets, model);
            return octets > 0;
        }
    }

    /// <summary>Gives the early audio's memory back.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _path.Close();
        }
    }

    private static int Octets(TimeSpan duration) => (int)(duration.Ticks * 8000 / TimeSpan.TicksPerSecond);
}
