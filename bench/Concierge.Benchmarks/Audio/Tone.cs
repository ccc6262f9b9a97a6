namespace Concierge.Benchmarks.Audio;

/// <summary>A sine at -3 dBFS.</summary>
internal static class Tone
{
    public static void Fill(Span<short> samples, double frequency, int rate)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (short)(23197 * Math.Sin(2 * Math.PI * frequency * i / rate));
        }
    }
}
