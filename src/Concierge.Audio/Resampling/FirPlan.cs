using System.Runtime.InteropServices;

namespace Concierge.Audio;

/// <summary>
/// FIRs of the same samples, each over one stream or over several that add up, as <see cref="FirKernel"/> runs them: 16-bit coefficients in pairs, stretch by stretch. Immutable.
/// </summary>
/// <remarks>
/// <para>A coefficient c is kept to <c>14 + lower</c> bits behind the point. Fine stretches hold it whole where it is small; around the loudest taps, a coarse stretch holds its 14 upper bits and the
/// fine one what is left. Fine sums come first, lose their lower bits, and the coarse stretches add to them.</para>
/// <para>No 32-bit sum can overflow, whatever the samples: fine coefficients amount to less than 2^16 in all, and so do those of the whole at 14 bits. Integers then make every order of
/// adding equal: the same samples on every rung, processor and split.</para>
/// </remarks>
internal sealed class FirPlan
{
    /// <summary>Bits behind the point when all has been added.</summary>
    public const int FractionBits = 14;

    /// <summary>Full scale is 2^15: coefficients may amount to so much before a 32-bit sum, with its rounding, overflows.</summary>
    private const double MaxSum = 65536 - 16;

    /// <summary>Plans each output as the sum over streams s of taps[s][k] times the stream's sample k back.</summary>
    /// <param name="outputs">For each output the coefficients of each stream, that of the newest sample first; all equally long.</param>
    /// <param name="stride">Samples from one stream to the next.</param>
    /// <param name="lowerBits">Bits of each coefficient beyond the 14.</param>
    public FirPlan(double[][][] outputs, int stride, int lowerBits)
    {
        LowerBits = lowerBits;
        Rounding = ((1 << (FractionBits - 1)) << lowerBits) + ((1 << lowerBits) >> 1);
        Outputs = outputs.Length;
        double fine = 1 << (FractionBits + lowerBits);

        // The coarse stretches reach from each output's loudest tap down to the loudness at which the rest fits.
        var floors = new double[Outputs];
        for (int n = 0; n < Outputs; n++)
        {
            floors[n] = Math.Min(32767 / fine, Loudest(outputs[n]));
            while (Rest(outputs[n], floors[n]) * fine > MaxSum)
            {
                floors[n] *= 0.95;
                if (floors[n] < 1 / fine)
                {
                    throw new ArgumentException("All taps are coarse, and what they leave is still too much for a 32-bit sum: take fewer lower bits.", nameof(lowerBits));
                }
            }
        }

        var segments = new List<FirSegment>();
        var coefficients = new List<int>();
        for (int s = 0; s < 2 * outputs[0].Length; s++)
        {
            int stream = s % outputs[0].Length;
            bool upper = s >= outputs[0].Length;
            (FirSegment segment, int[] stretch) = Stretch(outputs, stream, floors, fine, upper, shift: 0);
            (FirSegment shifted, int[] shorter) = Stretch(outputs, stream, floors, fine, upper, shift: 1);

            // The samples pair up either way; one way may take a pair less. None may be newer than the output's own pair.
            (segment, stretch) = shorter.Length < stretch.Length && shifted.Offset <= 0 ? (shifted, shorter) : (segment, stretch);
            if (segment.Pairs > 0)
            {
                segments.Add(segment with { Offset = (stream * stride) + segment.Offset });
                coefficients.AddRange(stretch);
                FineSegments += upper ? 0 : 1;
            }
        }

        Segments = [.. segments];
        Coefficients = [.. coefficients];
    }

    /// <summary>How many outputs there are for each sample.</summary>
    public int Outputs { get; }

    /// <summary>The stretches, the fine ones first.</summary>
    public FirSegment[] Segments { get; }

    /// <summary>How many stretches come before the lower bits are dropped.</summary>
    public int FineSegments { get; }

    /// <summary>By how much the sums are shifted then.</summary>
    public int LowerBits { get; }

    /// <summary>What the sums begin with: half a unit of the result, and half of what the shift drops.</summary>
    public int Rounding { get; }

    /// <summary>
    /// For each pair of samples (older, newer), and for each output: the two coefficients for the even output and those for the odd one, two 16-bit values in each.
    /// </summary>
    public int[] Coefficients { get; }

    /// <summary>What a coefficient is once it has been rounded.</summary>
    public static double Rounded(double tap, int lowerBits)
    {
        double scale = 1L << (FractionBits + lowerBits);
        return Math.Round(tap * scale) / scale;
    }

    /// <summary>One stream's pairs from the first that has a coefficient to the last; the samples pair up as they lie, or shifted by one.</summary>
    private static (FirSegment Segment, int[] Coefficients) Stretch(double[][][] outputs, int stream, double[] floors, double fine, bool upper, int shift)
    {
        var coefficients = new List<int>();
        int start = 0;
        int kept = 0;
        for (int j = -shift; j <= outputs[0][stream].Length / 2; j++)
        {
            bool any = false;
            int before = coefficients.Count;
            for (int n = 0; n < outputs.Length; n++)
            {
                (int from, int to) = Loud(outputs[n][stream], floors[n]);
                coefficients.Add(Pair(outputs[n][stream], (2 * j) + shift, from, to, fine, upper));
                coefficients.Add(Pair(outputs[n][stream], (2 * j) + 1 + shift, from, to, fine, upper));
                any |= (coefficients[^1] | coefficients[^2]) != 0;
            }

            kept = any ? coefficients.Count : kept;
            if (kept == 0)
            {
                CollectionsMarshal.SetCount(coefficients, before);
                start = j + 1;
            }
        }

        CollectionsMarshal.SetCount(coefficients, kept);
        return (new FirSegment(-(2 * start) - shift, kept / (2 * outputs.Length)), [.. coefficients]);
    }

    /// <summary>Coefficient k for the newer sample of its pair is k - 1's for the older: the even output is one sample earlier than the odd one.</summary>
    private static int Pair(double[] taps, int k, int from, int to, double fine, bool upper) =>
        (int)((uint)(ushort)Bits(taps, k, from, to, fine, upper) | ((uint)(ushort)Bits(taps, k - 1, from, to, fine, upper) << 16));

    private static short Bits(double[] taps, int k, int from, int to, double fine, bool upper)
    {
        if ((uint)k >= (uint)taps.Length)
        {
            return 0;
        }

        int whole = (int)Math.Round(taps[k] * fine);
        int high = k >= from && k < to ? (int)Math.Round(taps[k] * (1 << FractionBits)) : 0;
        return checked((short)(upper ? high : whole - (int)(high * (fine / (1 << FractionBits)))));
    }

    /// <summary>The taps between the first and the last that are at least so loud.</summary>
    private static (int From, int To) Loud(double[] taps, double floor)
    {
        int from = Array.FindIndex(taps, tap => Math.Abs(tap) >= floor);
        return from < 0 ? (0, 0) : (from, Array.FindLastIndex(taps, tap => Math.Abs(tap) >= floor) + 1);
    }

    private static double Loudest(double[][] taps)
    {
        double loudest = 0;
        foreach (double[] stream in taps)
        {
            foreach (double tap in stream)
            {
                loudest = Math.Max(loudest, Math.Abs(tap));
            }
        }

        return loudest;
    }

    /// <summary>What the fine coefficients amount to: the taps outside, and what the coarse ones leave inside.</summary>
    private static double Rest(double[][] taps, double floor)
    {
        double sum = 0;
        foreach (double[] stream in taps)
        {
            (int from, int to) = Loud(stream, floor);
            for (int k = 0; k < stream.Length; k++)
            {
                double coarse = k >= from && k < to ? Rounded(stream[k], 0) : 0;
                sum += Math.Abs(stream[k] - coarse);
            }
        }

        return sum;
    }
}
