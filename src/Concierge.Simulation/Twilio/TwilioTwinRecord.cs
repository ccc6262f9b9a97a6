using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Twilio;

/// <summary>
/// What happened at the carrier's end of a call. Both recordings run on one clock, the stream's: sample n of either is n/8000 s after the stream began.
/// Complete when <see cref="TwilioTwinStream.RunAsync"/> has returned.
/// </summary>
public sealed class TwilioTwinRecord
{
    internal TwilioTwinRecord(string accountSid, string callSid, string streamSid)
    {
        AccountSid = accountSid;
        CallSid = callSid;
        StreamSid = streamSid;
    }

    /// <summary>AC and 32 hexadecimal digits.</summary>
    public string AccountSid { get; }

    /// <summary>CA and 32 hexadecimal digits.</summary>
    public string CallSid { get; }

    /// <summary>MZ and 32 hexadecimal digits.</summary>
    public string StreamSid { get; }

    /// <summary>When the stream began (its connected message), by the twin's <see cref="TimeProvider"/>.</summary>
    public DateTimeOffset StartedAt { get; internal set; }

    /// <summary>What the callee said, as it left for the node after G.711: the left channel of a recording.</summary>
    public AudioTrack Said { get; } = new(8000);

    /// <summary>What the callee heard, as played out: the right channel.</summary>
    public AudioTrack Heard { get; } = new(8000);

    /// <summary>The callee's turns in order.</summary>
    public List<TwilioTwinTurn> Turns { get; } = [];

    /// <summary>Stretches of the agent's speech that the callee heard.</summary>
    public List<TwilioTwinSpeech> AgentSpeech { get; } = [];

    /// <summary>The node's marks in order of arrival.</summary>
    public List<TwilioTwinMark> Marks { get; } = [];

    /// <summary>The node's clears in order.</summary>
    public List<TwilioTwinClear> Clears { get; } = [];

    /// <summary>What the vendor would have warned of. The vendor reports each code once per stream; all are here.</summary>
    public List<TwilioTwinWarning> Warnings { get; } = [];

    /// <summary>Keys that the callee heard as tones, with their times.</summary>
    public List<(TimeSpan At, char Digit)> DigitsHeard { get; } = [];

    /// <summary>Digits pressed, with their times.</summary>
    public List<(TimeSpan At, char Digit)> Digits { get; } = [];

    /// <summary>Media messages received from the node.</summary>
    public int MediaReceived { get; internal set; }

    /// <summary>Milliseconds of audio received from the node.</summary>
    public double AudioReceivedMs { get; internal set; }

    /// <summary>Media messages sent to the node.</summary>
    public int MediaSent { get; internal set; }

    /// <summary>Times that play-out ran dry inside speech: a gap of up to 200 ms that the callee heard and the node did not mean.</summary>
    public int Underruns { get; internal set; }

    /// <summary>The most audio that ever waited in play-out, in milliseconds.</summary>
    public double MostBufferedMs { get; internal set; }

    /// <summary>When the first of the agent's audio was played.</summary>
    public TimeSpan? FirstAudioAt { get; internal set; }

    /// <summary>Who ended the stream.</summary>
    public TwilioTwinEnd End { get; internal set; } = TwilioTwinEnd.NodeDropped;

    /// <summary>The node's close code, or ours when we closed; 1006 when there was none.</summary>
    public int CloseCode { get; internal set; } = 1006;

    /// <summary>The reason given with it.</summary>
    public string CloseReason { get; internal set; } = "";

    /// <summary>When the stream ended, on its own clock.</summary>
    public TimeSpan EndedAt { get; internal set; }

    /// <summary>What failed inside the twin or its transport; null normally.</summary>
    public Exception? Fault { get; internal set; }

    /// <summary>Both recordings interleaved: left the callee, right the agent as heard.</summary>
    /// <returns>PCM16, 8 kHz, two channels.</returns>
    public short[] ToStereo()
    {
        int frames = Math.Max(Said.Length, Heard.Length);
        var stereo = new short[frames * 2];
        for (int i = 0; i < frames; i++)
        {
            stereo[2 * i] = i < Said.Length ? Said.Samples[i] : (short)0;
            stereo[(2 * i) + 1] = i < Heard.Length ? Heard.Samples[i] : (short)0;
        }

        return stereo;
    }
}
