using Concierge.Audio;

namespace Concierge.Pipelines.Control;

/// <summary>Keys as tones: mu-law at 8 kHz, 100 ms of tone and 80 ms of pause each (ITU-T Q.23, Q.24).</summary>
internal static class CallTones
{
    /// <summary>Octets per key.</summary>
    public const int KeyOctets = (ToneMs + PauseMs) * 8;

    /// <summary>Keys pressed at a time, at most.</summary>
    public const int MaxKeys = 64;

    private const int ToneMs = 100;
    private const int PauseMs = 80;

    /// <summary>The keys' audio.</summary>
    public static byte[] Make(string keys)
    {
        var generator = new DtmfGenerator(8000, toneMilliseconds: ToneMs, pauseMilliseconds: PauseMs);
        generator.Enqueue(keys);
        short[] samples = new short[keys.Length * KeyOctets];
        generator.Process(samples);
        byte[] octets = new byte[samples.Length];
        MuLaw.Encode(samples, octets);
        return octets;
    }

    /// <summary>Whether these are keys.</summary>
    public static void ThrowIfNone(string keys)
    {
        ArgumentException.ThrowIfNullOrEmpty(keys);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keys.Length, MaxKeys);
        if (keys.AsSpan().IndexOfAnyExcept("0123456789*#ABCD") >= 0)
        {
            throw new ArgumentException("Keys are 0-9, *, # and A-D.", nameof(keys));
        }
    }
}
