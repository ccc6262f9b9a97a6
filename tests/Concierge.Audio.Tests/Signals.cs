namespace Concierge.Audio.Tests;

/// <summary>Deterministic test signals.</summary>
internal static class Signals
{
    public static short[] Noise(int count, int seed, double amplitude = 32767)
    {
        var random = new Random(seed);
        var samples = new short[count];
        for (int i = 0; i < count; i++)
        {
            samples[i] = (short)Math.Round(((random.NextDouble() * 2) - 1) * amplitude);
        }

        return samples;
    }

    public static short[] Tone(int count, double frequency, int rate, double dbfsPeak)
    {
        double amplitude = 32767 * Math.Pow(10, dbfsPeak / 20);
        var samples = new short[count];
        for (int i = 0; i < count; i++)
        {
            samples[i] = (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * frequency * i / rate));
        }

        return samples;
    }

    /// <summary>The amplitude of one frequency, by correlation under a Blackman-Harris window (side lobes below -92 dB).</summary>
    public static double Amplitude(ReadOnlySpan<short> samples, double frequency, int rate)
    {
        double re = 0;
        double im = 0;
        double gain = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            double t = 2 * Math.PI * i / samples.Length;
            double w = 0.35875 - (0.48829 * Math.Cos(t)) + (0.14128 * Math.Cos(2 * t)) - (0.01168 * Math.Cos(3 * t));
            (double sin, double cos) = Math.SinCos(2 * Math.PI * frequency * i / rate);
            re += w * samples[i] * cos;
            im += w * samples[i] * sin;
            gain += w;
        }

        return 2 * Math.Sqrt((re * re) + (im * im)) / gain;
    }

    /// <summary>Signal to everything else, in dB, after the best sine of that frequency was taken out by least squares.</summary>
    public static double SignalToNoise(ReadOnlySpan<short> samples, double frequency, int rate)
    {
        double ss = 0, cc = 0, sc = 0, xs = 0, xc = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            (double s, double c) = Math.SinCos(2 * Math.PI * frequency * i / rate);
            ss += s * s;
            cc += c * c;
            sc += s * c;
            xs += samples[i] * s;
            xc += samples[i] * c;
        }

        double det = (ss * cc) - (sc * sc);
        double a = ((xs * cc) - (xc * sc)) / det;
        double b = ((xc * ss) - (xs * sc)) / det;
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            (double s, double c) = Math.SinCos(2 * Math.PI * frequency * i / rate);
            double fit = (a * s) + (b * c);
            signal += fit * fit;
            noise += (samples[i] - fit) * (samples[i] - fit);
        }

        return 10 * Math.Log10(signal / noise);
    }
}
