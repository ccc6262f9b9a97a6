using System.Numerics;
using System.Runtime.InteropServices;

namespace Concierge.Audio;

/// <summary>Levels of 16-bit PCM. 0 dBFS is the root mean square of a full-scale square wave (32768), so a full-scale sine is -3.01 dBFS.</summary>
/// <remarks>Pure; safe from any thread.</remarks>
public static class PcmLevel
{
    /// <summary>The root mean square as a ratio of full scale: 0 (silence, or no samples) to 1.</summary>
    /// <param name="samples">Samples of one channel, or of all channels interleaved.</param>
    public static double Rms(ReadOnlySpan<short> samples) =>
        samples.IsEmpty ? 0 : Math.Sqrt(SumOfSquares(samples) / (double)samples.Length) / 32768.0;

    /// <summary>The largest magnitude, 0 to 32768 (-32768 counts as 32768).</summary>
    /// <param name="samples">Samples of one channel, or of all channels interleaved.</param>
    public static int Peak(ReadOnlySpan<short> samples)
    {
        int minimum = 0;
        int maximum = 0;
        int i = 0;
        if (Vector.IsHardwareAccelerated && samples.Length >= Vector<short>.Count)
        {
            Vector<short> least = Vector<short>.Zero;
            Vector<short> most = Vector<short>.Zero;
            for (; i <= samples.Length - Vector<short>.Count; i += Vector<short>.Count)
            {
                Vector<short> next = Vector.LoadUnsafe(ref MemoryMarshal.GetReference(samples), (nuint)i);
                least = Vector.Min(least, next);
                most = Vector.Max(most, next);
            }

            for (int lane = 0; lane < Vector<short>.Count; lane++)
            {
                minimum = Math.Min(minimum, least[lane]);
                maximum = Math.Max(maximum, most[lane]);
            }
        }

        for (; i < samples.Length; i++)
        {
            minimum = Math.Min(minimum, samples[i]);
            maximum = Math.Max(maximum, samples[i]);
        }

        return Math.Max(maximum, -minimum);
    }

    /// <summary>20 log10 of a ratio of full scale: dBFS; negative infinity for zero.</summary>
    /// <param name="fullScaleRatio">A magnitude as a ratio of full scale, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The ratio is negative or not a number.</exception>
    public static double ToDecibels(double fullScaleRatio)
    {
        if (!(fullScaleRatio >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(fullScaleRatio), fullScaleRatio, "A level ratio is zero or positive.");
        }

        return 20 * Math.Log10(fullScaleRatio);
    }

    /// <summary>The sum of the squared samples; exact (2^33 samples at full scale fit).</summary>
    internal static long SumOfSquares(ReadOnlySpan<short> samples)
    {
        long sum = 0;
        int i = 0;
        if (Vector.IsHardwareAccelerated && samples.Length >= Vector<short>.Count)
        {
            Vector<long> sums = Vector<long>.Zero;
            for (; i <= samples.Length - Vector<short>.Count; i += Vector<short>.Count)
            {
                Vector.Widen(Vector.LoadUnsafe(ref MemoryMarshal.GetReference(samples), (nuint)i), out Vector<int> low, out Vector<int> high);
                // Two squares are at most 2^31: one bit too many for int, just right for uint.
                Vector.Widen((Vector<uint>)(low * low) + (Vector<uint>)(high * high), out Vector<ulong> first, out Vector<ulong> second);
                sums += (Vector<long>)(first + second);
            }

            sum = Vector.Sum(sums);
        }

        for (; i < samples.Length; i++)
        {
            sum += samples[i] * samples[i];
        }

        return sum;
    }
}
