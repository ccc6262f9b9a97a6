using System.Runtime.InteropServices;

namespace Concierge.Audio;

/// <summary>
/// FIRs of the same samples, each over one stream or over several that add up, as <see cref="FirKernel"/> runs them: 16-bit coefficients in pairs, stretch by stretch. Immutable.
/// </summary>
/// <remarks>
/// <para>A coefficient c is kept to <c>14 + lower</c> bits behind the point. Fine stretches hold it whole where it is small; around the loudest taps, a coarse stretch holds its 14 upper bits and the
/// fine one what is left. Fine sums come first, lose their lower bits, and the coarse stretches add to them. A pair that is zero for every output is in no stretch: loud taps that are multiples
/// of the coarse step need no fine pair.</para>
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

        Coarse[] coarse = CoarsePairs(outputs, fine);
        var segments = new List<FirSegment>();
        var coefficients = new List<int>();
        for (int s = 0; s < 2 * outputs[0].Length; s++)
        {
            int stream = s % outputs[0].Length;
            bool upper = s >= outputs[0].Length;
            List<(FirSegment Segment, int[] Coefficients)> stretches = Stretches(outputs, stream, coarse[stream], fine, upper, shift: 0);
            List<(FirSegment Segment, int[] Coefficients)> shifted = Stretches(outputs, stream, coarse[stream], fine, upper, shift: 1);

            // The samples pair up either way; one way may take a pair less. None may be newer than the output's own pair.
            if (shifted.Count > 0 && shifted[0].Segment.Offset <= 0 && Pairs(shifted) < Pairs(stretches))
            {
                stretches = shifted;
            }

            foreach ((FirSegment segment, int[] stretch) in stretches)
            {
                segments.Add(segment with { Offset = (stream * stride) + segment.Offset });
                coefficients.AddRange(stretch);
            }

            FineSegments += upper ? 0 : stretches.Count;
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

    /// <summary>
    /// The fewest pairs, near enough, that leave no fine sum too much: to none, add one at an end of a stream's stretch or begin a stretch, whichever takes most from the loudest sums.
    /// </summary>
    private static Coarse[] CoarsePairs(double[][][] outputs, double fine)
    {
        int streams = outputs[0].Length;
        Coarse[]? fewest = null;
        for (int shift = 0; shift < 2; shift++)
        {
            var coarse = new Coarse[streams];
            Array.Fill(coarse, new Coarse(shift, 0, 0));

            double excess = Excess(outputs, coarse, fine);
            while (excess > 0 && (fewest is null || Count(coarse) < Count(fewest)))
            {
                double least = excess;
                Coarse[] best = coarse;
                for (int s = 0; s < streams; s++)
                {
                    foreach (Coarse wider in coarse[s].Wider(outputs[0][s].Length))
                    {
                        Coarse[] tried = [.. coarse];
                        tried[s] = wider;
                        double left = Excess(outputs, tried, fine);
                        if (left < least)
                        {
                            (least, best) = (left, tried);
                        }
                    }
                }

                if (best == coarse)
                {
                    break;
                }

                (coarse, excess) = (best, least);
            }

            if (excess <= 0 && (fewest is null || Count(coarse) < Count(fewest)))
            {
                fewest = coarse;
            }
        }

        return fewest ?? throw new ArgumentException("All taps are coarse, and what they leave is still too much for a 32-bit sum: take fewer lower bits.", "lowerBits");
    }

    private static int Count(Coarse[] coarse)
    {
        int pairs = 0;
        foreach (Coarse stretch in coarse)
        {
            pairs += stretch.To - stretch.From;
        }

        return pairs;
    }

    /// <summary>By how much fine sums, or single fine coefficients, are too loud: summed over the outputs, the even and the odd one each. Nothing if all fit.</summary>
    private static double Excess(double[][][] outputs, Coarse[] coarse, double fine)
    {
        double excess = 0;
        foreach (double[][] taps in outputs)
        {
            for (int odd = 0; odd < 2; odd++)
            {
                double sum = 0;
                for (int s = 0; s < taps.Length; s++)
                {
                    for (int k = 0; k < taps[s].Length; k++)
                    {
                        double rest = Math.Abs(taps[s][k] - (coarse[s].Holds(k, odd) ? Rounded(taps[s][k], 0) : 0)) * fine;
                        sum += rest;
                        excess += Math.Max(rest - short.MaxValue, 0);
                    }
                }

                excess += Math.Max(sum - MaxSum, 0);
            }
        }

        return excess;
    }

    /// <summary>One stream's stretches of pairs that have a coefficient, the newest first; the samples pair up as they lie, or shifted by one.</summary>
    private static List<(FirSegment Segment, int[] Coefficients)> Stretches(double[][][] outputs, int stream, Coarse coarse, double fine, bool upper, int shift)
    {
        var stretches = new List<(FirSegment Segment, int[] Coefficients)>();
        var coefficients = new List<int>();
        int end = (outputs[0][stream].Length / 2) + 1;
        for (int j = -shift; j <= end; j++)
        {
            bool any = false;
            int before = coefficients.Count;
            for (int n = 0; n < outputs.Length && j < end; n++)
            {
                coefficients.Add(Pair(outputs[n][stream], (2 * j) + shift, 0, coarse, fine, upper));
                coefficients.Add(Pair(outputs[n][stream], (2 * j) + 1 + shift, 1, coarse, fine, upper));
                any |= (coefficients[^1] | coefficients[^2]) != 0;
            }

            if (!any && before > 0)
            {
                CollectionsMarshal.SetCount(coefficients, before);
                int pairs = before / (2 * outputs.Length);
                stretches.Add((new FirSegment(-(2 * (j - pairs)) - shift, pairs), [.. coefficients]));
            }

            if (!any)
            {
                coefficients.Clear();
            }
        }

        return stretches;
    }

    private static int Pairs(List<(FirSegment Segment, int[] Coefficients)> stretches)
    {
        int pairs = 0;
        foreach ((FirSegment segment, _) in stretches)
        {
            pairs += segment.Pairs;
        }

        return pairs;
    }

    /// <summary>Coefficient k for the newer sample of its pair is k - 1's for the older: the even output is one sample earlier than the odd one.</summary>
    private static int Pair(double[] taps, int k, int odd, Coarse coarse, double fine, bool upper) =>
        (int)((uint)(ushort)Bits(taps, k, odd, coarse, fine, upper) | ((uint)(ushort)Bits(taps, k - 1, odd, coarse, fine, upper) << 16));

    private static short Bits(double[] taps, int k, int odd, Coarse coarse, double fine, bool upper)
    {
        if ((uint)k >= (uint)taps.Length)
        {
            return 0;
        }

        int whole = (int)Math.Round(taps[k] * fine);
        int high = coarse.Holds(k, odd) ? (int)Math.Round(taps[k] * (1 << FractionBits)) : 0;
        return checked((short)(upper ? high : whole - (int)(high * (fine / (1 << FractionBits)))));
    }

    /// <summary>Pairs of a stream that have a coarse coefficient. The even and the odd output split a tap that only one of them holds in different ways: their sums are the same.</summary>
    /// <param name="Shift">How the samples pair up: as they lie, or shifted by one.</param>
    /// <param name="From">The newest pair.</param>
    /// <param name="To">Behind the oldest.</param>
    private readonly record struct Coarse(int Shift, int From, int To)
    {
        /// <summary>Whether tap k is among them: of pair j the even output has taps 2j + shift and the one before, the odd one those that follow them by one.</summary>
        public bool Holds(int k, int odd) => From < To && k >= (2 * From) + Shift + odd - 1 && k < (2 * To) + Shift + odd - 1;

        /// <summary>One pair more at either end; or any first one.</summary>
        public IEnumerable<Coarse> Wider(int taps)
        {
            int last = taps / 2;
            if (From == To)
            {
                for (int j = 0; j <= last; j++)
                {
                    yield return new Coarse(Shift, j, j + 1);
                }

                yield break;
            }

            if (From > 0)
            {
                yield return this with { From = From - 1 };
            }

            if (To <= last)
            {
                yield return this with { To = To + 1 };
            }
        }
    }
}
