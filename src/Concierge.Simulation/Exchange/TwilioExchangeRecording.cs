using Concierge.Audio;
using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Exchange;

/// <summary>A recording of a call.</summary>
public sealed class TwilioExchangeRecording
{
    private readonly AudioTrack _said;
    private readonly AudioTrack _heard;
    private readonly int _from;
    private int? _to;

    internal TwilioExchangeRecording(string sid, string callSid, string source, int channels, string track, DateTimeOffset startedAt, AudioTrack said, AudioTrack heard)
    {
        Sid = sid;
        CallSid = callSid;
        Source = source;
        Channels = channels;
        Track = track;
        StartedAt = startedAt;
        _said = said;
        _heard = heard;
        _from = said.Length;
    }

    /// <summary>RE and 32 hexadecimal digits.</summary>
    public string Sid { get; }

    /// <summary>The call.</summary>
    public string CallSid { get; }

    /// <summary>OutboundAPI or StartCallRecordingAPI.</summary>
    public string Source { get; }

    /// <summary>1, or 2 with the person on the left.</summary>
    public int Channels { get; }

    /// <summary>inbound (the person), outbound (what it hears) or both.</summary>
    public string Track { get; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>in-progress, completed or absent (nothing was recorded).</summary>
    public string Status => _to is null ? "in-progress" : _to == _from ? "absent" : "completed";

    /// <summary>How long it is.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds(((_to ?? _said.Length) - _from) / 8000.0);

    internal (string? Url, string Method, string Events) Callback { get; init; } = (null, "POST", "completed");

    internal bool Deleted { get; set; }

    /// <summary>The recording as a WAV file: PCM16, 8 kHz.</summary>
    /// <returns>The file.</returns>
    public byte[] ToWav()
    {
        int length = (_to ?? _said.Length) - _from;
        ReadOnlySpan<short> said = Track == "outbound" ? [] : _said.Samples.Slice(_from, length);
        ReadOnlySpan<short> heard = Track == "inbound" ? [] : _heard.Samples.Slice(_from, length);
        var samples = new short[length * Channels];
        for (int i = 0; i < length; i++)
        {
            short left = said.IsEmpty ? (short)0 : said[i];
            short right = heard.IsEmpty ? (short)0 : heard[i];
            if (Channels == 2)
            {
                samples[2 * i] = left;
                samples[(2 * i) + 1] = right;
            }
            else
            {
                samples[i] = (short)Math.Clamp(left + right, short.MinValue, short.MaxValue);
            }
        }

        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, 8000, Channels, leaveOpen: true))
        {
            writer.Write(samples);
        }

        return stream.ToArray();
    }

    /// <returns>Whether it was still running.</returns>
    internal bool Stop()
    {
        if (_to is not null)
        {
            return false;
        }

        _to = _said.Length;
        return true;
    }
}
