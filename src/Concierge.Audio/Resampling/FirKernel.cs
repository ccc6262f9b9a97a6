using System.Runtime.CompilerServices;

namespace Concierge.Audio;

/// <summary>The inner loop of all rate conversions: 16-bit samples in, 16-bit samples out, by pairwise multiply-add into 32-bit sums.</summary>
/// <remarks>
/// Each loaded vector of sample pairs serves the even and the odd output of its place: with pairs (x[2i], x[2i + 1]) and taps c, the odd output takes (c[2j + 1], c[2j]) of the pair j back, the even
/// one (c[2j], c[2j - 1]). Sums stay in registers, ten of them, for <see cref="Outputs"/> samples or a part of them at a time. Results are rounded (halves upwards) and saturated.
/// The order of the instructions is not free: a processor that gives each its pipe by its place in the line (AMD Zen 4) puts additions that alternate with products on the pipes that multiply.
/// Where two or three products come before the additions, it takes up to a fifth less time.
/// </remarks>
internal static class FirKernel
{
    /// <summary>What one run gives: a 20 ms frame at 8 kHz. The vector forms always give as many, and read as many samples of each stream.</summary>
    public const int Outputs = 160;

    /// <summary>Runs on no higher rung than the one given.</summary>
    /// <param name="level">The rung.</param>
    /// <param name="plan">The filter.</param>
    /// <param name="output">Which of the plan's outputs.</param>
    /// <param name="samples">The first output's sample of the first stream; before it the stream's past.</param>
    /// <param name="destination">Room for <see cref="Outputs"/> samples.</param>
    /// <param name="count">How many of them matter.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(SimdLevel level, FirPlan plan, int output, ref short samples, ref short destination, int count)
    {
        if (level >= SimdLevel.Vector512 && SimdSupport.Has512)
        {
            FirKernel512.Run(plan, output, ref samples, ref destination);
        }
        else if (level >= SimdLevel.Vector256 && SimdSupport.Has256)
        {
            FirKernel256.Run(plan, output, ref samples, ref destination);
        }
        else if (level >= SimdLevel.Vector128 && FirKernel128.IsSupported)
        {
            FirKernel128.Run(plan, output, ref samples, ref destination);
        }
        else
        {
            Scalar(plan, output, ref samples, ref destination, count);
        }
    }

    private static void Scalar(FirPlan plan, int output, ref short samples, ref short destination, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int sum = plan.Rounding;
            int at = (2 * output) + (i & 1); // of the coefficients: the even sample's or the odd one's
            for (int s = 0; s < plan.Segments.Length; s++)
            {
                if (s == plan.FineSegments)
                {
                    sum >>= plan.LowerBits;
                }

                FirSegment segment = plan.Segments[s];
                ref short x = ref Unsafe.Add(ref samples, segment.Offset + (i & ~1));
                for (int j = 0; j < segment.Pairs; j++, at += 2 * plan.Outputs)
                {
                    int pair = plan.Coefficients[at];
                    sum += ((short)pair * x) + ((pair >> 16) * Unsafe.Add(ref x, 1));
                    x = ref Unsafe.Subtract(ref x, 2);
                }
            }

            Unsafe.Add(ref destination, i) = (short)Math.Clamp(sum >> FirPlan.FractionBits, short.MinValue, short.MaxValue);
        }
    }
}
