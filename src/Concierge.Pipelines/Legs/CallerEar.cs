using Concierge.Audio;
using Concierge.Pipelines.Media;
using Concierge.Pipelines.Playback;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Legs;

/// <summary>
/// The node's own hearing, where the agent's conduct asks for it: a voice while the agent speaks that is not its echo, and music on hold. The carrier loop's own;
/// nothing is allocated per frame.
/// </summary>
internal sealed class CallerEar
{
    private static readonly short[] s_silence = new short[AudioScratch.PieceText];

    private readonly LocalBargeIn? _local;
    private readonly VoiceActivityDetector? _voice;
    private readonly HoldDetector? _hold;
    private readonly PlaybackLedger _ledger;
    private readonly InterruptionGate _gate;
    private bool _spoke;

    /// <param name="conduct">What is listened for.</param>
    /// <param name="ledger">Knows what the agent's echo may be.</param>
    /// <param name="gate">Told of a voice.</param>
    public CallerEar(CallConduct conduct, PlaybackLedger ledger, InterruptionGate gate)
    {
        _ledger = ledger;
        _gate = gate;
        if (conduct.BargeIn is { Allowed: true, Local: { } local })
        {
            _local = local;
            _voice = new VoiceActivityDetector(8000, new VoiceActivityOptions
            {
                ThresholdDbfs = local.ThresholdDbfs,
                MarginDb = local.NoiseMarginDb,
                AttackMilliseconds = Math.Clamp((int)local.MinimumSpeech.TotalMilliseconds, 10, 1000),
                HangOverMilliseconds = 200,
            });
        }

        if (conduct.Hold.Recognise)
        {
            _hold = new HoldDetector(conduct.Hold.RecogniseAfter);
        }
    }

    /// <summary>Adds what a frame touches here.</summary>
    public void AddTo(WorkingSet set)
    {
        set.Add(this);
        set.Add(_voice);
        set.Add(_hold, 320); // with its histogram
    }

    /// <summary>Whether music is being played.</summary>
    public bool IsHold => _hold?.IsHold ?? false;

    /// <summary>Whether the last frame was no more than the agent's echo may be, and nobody was speaking.</summary>
    public bool IsEcho { get; private set; }

    /// <summary>Whether there is anything to listen for.</summary>
    public static bool IsWanted(CallConduct conduct) => conduct.Hold.Recognise || conduct.BargeIn is { Allowed: true, Local: not null };

    /// <summary>Hears one frame of the caller.</summary>
    /// <param name="muLaw">The frame's octets.</param>
    /// <param name="now">The session's clock.</param>
    public void Hear(ReadOnlySpan<byte> muLaw, TimeSpan now)
    {
        IsEcho = false;
        AudioScratch scratch = AudioScratch.Current;
        if (muLaw.Length > scratch.Narrow.Length)
        {
            return; // half a second at once is no frame of a live line
        }

        ReadOnlySpan<short> samples = scratch.Narrow.AsSpan(0, MuLaw.Decode(muLaw, scratch.Narrow));
        _hold?.Process(samples);
        if (_voice is not null)
        {
            Listen(samples, now);
        }
    }

    private void Listen(ReadOnlySpan<short> samples, TimeSpan now)
    {
        // What is no louder than the agent's voice less what the line takes off it may be its echo: it counts as silence.
        double echo = _ledger.LoudestHeard(_local!.EchoTail) - _local.EchoLossDb;
        bool louder = PcmLevel.ToDecibels(PcmLevel.Rms(samples)) > echo;
        bool speaks = _voice!.Process(louder ? samples : s_silence.AsSpan(0, samples.Length));
        IsEcho = _local.SilenceEcho && !louder && !speaks;
        if (speaks && !_spoke)
        {
            _gate.HeardHere(now);
        }

        _spoke = speaks;
    }
}
