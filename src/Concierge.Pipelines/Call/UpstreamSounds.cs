using Concierge.Audio;

namespace Concierge.Pipelines;

/// <summary>Sounds for a caller whose agent is away, made when first asked for: mu-law, 8 kHz. An operator's own clips are better; these say "wait" and "sorry" in no language.</summary>
public static class UpstreamSounds
{
    private const int SampleRate = 8000;
    private const double Amplitude = 1300;   // -28 dBFS: below speech, above the line's noise
    private const double EdgeSeconds = 0.04; // raised cosine: nothing that starts or stops with a click

    private static byte[]? s_holding;
    private static byte[]? s_apology;

    /// <summary>Two soft notes going up, half a second: still here.</summary>
    public static ReadOnlyMemory<byte> Holding => s_holding ??= Notes((440.0, 0.22), (587.3, 0.28));

    /// <summary>Three soft notes going down, a second: it did not work out.</summary>
    public static ReadOnlyMemory<byte> Apology => s_apology ??= Notes((587.3, 0.25), (493.9, 0.25), (392.0, 0.45));

    private static byte[] Notes(params ReadOnlySpan<(double Hertz, double Seconds)> notes)
    {
        int length = 0;
        foreach ((_, double seconds) in notes)
        {
            length += (int)(seconds * SampleRate);
        }

        short[] samples = new short[length];
        int at = 0;
        foreach ((double hertz, double seconds) in notes)
        {
            int count = (int)(seconds * SampleRate);
            int edge = (int)(EdgeSeconds * SampleRate);
            for (int i = 0; i < count; i++)
            {
                double gain = 0.5 - (0.5 * Math.Cos(Math.PI * Math.Min(1.0, (double)Math.Min(i, count - 1 - i) / edge)));
                samples[at++] = (short)(Amplitude * gain * Math.Sin(2 * Math.PI * hertz * i / SampleRate));
            }
        }

        byte[] muLaw = new byte[length];
        MuLaw.Encode(samples, muLaw);
        return muLaw;
    }
}
