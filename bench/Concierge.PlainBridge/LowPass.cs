using System.Numerics;
using System.Runtime.InteropServices;

namespace Concierge.PlainBridge;

/// <summary>The filter between 8 and 24 kHz: a windowed sinc, 105 taps, cut at 4 kHz; 82 dB of rejection from 4.6 kHz, 2.2 ms of delay.</summary>
internal static class LowPass
{
    public const int Ratio = 3;
    public const int Taps = 105;

    // Kaiser's window for 82 dB.
    private const double Beta = 8.08;

    /// <summary>The impulse response at 24 kHz; its sum is 1.</summary>
    public static float[] Design()
    {
        double[] taps = new double[Taps];
        double middle = (Taps - 1) / 2.0;
        for (int i = 0; i < Taps; i++)
        {
            double x = (i - middle) / Ratio;
            double sinc = x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
            double across = (i - middle) / middle;
            taps[i] = sinc * Bessel(Beta * Math.Sqrt(1 - (across * across))) / Bessel(Beta);
        }

        double sum = taps.Sum();
        return [.. taps.Select(tap => (float)(tap / sum))];
    }

    /// <summary>The sum of products of two spans of one length, a multiple of the processor's vector length.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ReadOnlySpan<Vector<float>> left = MemoryMarshal.Cast<float, Vector<float>>(a);
        ReadOnlySpan<Vector<float>> right = MemoryMarshal.Cast<float, Vector<float>>(b);
        Vector<float> sum = Vector<float>.Zero;
        for (int i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return Vector.Sum(sum);
    }

    /// <summary>A number of taps, rounded up to whole vectors.</summary>
    public static int Padded(int taps) => (taps + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;

    // The modified Bessel function of the first kind, order 0, by its series.
    private static double Bessel(double x)
    {
        double sum = 1, term = 1;
        for (int k = 1; term > 1e-12 * sum; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }
}
