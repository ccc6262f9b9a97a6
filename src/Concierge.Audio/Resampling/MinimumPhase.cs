using System.Numerics;
using System.Runtime.CompilerServices;

namespace Concierge.Audio;

/// <summary>Turns a filter into the minimum-phase filter of the same magnitude and length, by folding its real cepstrum (Oppenheim and Schafer, "Discrete-Time Signal Processing", ch. 13).</summary>
internal static class MinimumPhase
{
    private const int Size = 16384;

    /// <summary>The floor under the magnitude: zeros on the unit circle would have no logarithm. 60 dB below any stop band used here.</summary>
    private const double Floor = 1e-7;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double[] From(double[] taps)
    {
        var bins = new Complex[Size];
        for (int i = 0; i < taps.Length; i++)
        {
            bins[i] = taps[i];
        }

        Transform(bins, inverse: false);
        for (int i = 0; i < Size; i++)
        {
            bins[i] = Math.Log(Math.Max(bins[i].Magnitude, Floor));
        }

        Transform(bins, inverse: true);
        for (int i = 1; i < Size / 2; i++)
        {
            bins[i] = 2 * bins[i].Real;
            bins[Size - i] = 0;
        }

        Transform(bins, inverse: false);
        for (int i = 0; i < Size; i++)
        {
            bins[i] = Complex.Exp(bins[i]);
        }

        Transform(bins, inverse: true);
        var result = new double[taps.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = bins[i].Real;
        }

        return result;
    }

    /// <summary>Radix-2 in-place transform; the inverse divides by the size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Transform(Complex[] values, bool inverse)
    {
        int n = values.Length;
        for (int i = 1, j = 0; i < n; i++)
        {
            int bit = n >> 1;
            for (; (j & bit) != 0; bit >>= 1)
            {
                j ^= bit;
            }

            j ^= bit;
            if (i < j)
            {
                (values[i], values[j]) = (values[j], values[i]);
            }
        }

        var roots = new Complex[n / 2];
        for (int i = 0; i < roots.Length; i++)
        {
            roots[i] = Complex.FromPolarCoordinates(1, (inverse ? 2 : -2) * Math.PI * i / n);
        }

        for (int length = 2; length <= n; length <<= 1)
        {
            int step = n / length;
            for (int start = 0; start < n; start += length)
            {
                for (int k = 0; k < length / 2; k++)
                {
                    Complex a = values[start + k];
                    Complex b = values[start + k + (length / 2)] * roots[k * step];
                    values[start + k] = a + b;
                    values[start + k + (length / 2)] = a - b;
                }
            }
        }

        if (inverse)
        {
            for (int i = 0; i < n; i++)
            {
                values[i] /= n;
            }
        }
    }
}
