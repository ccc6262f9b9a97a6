using System.Runtime.CompilerServices;

namespace Concierge.Audio;

/// <content>M = 1: each input sample gives L outputs, phase by phase over the whole chunk, then interleaved.</content>
public static partial class PolyphaseResampler
{
    /// <summary>Where a chunk begins: as far as any filter reaches back, and a vector's size.</summary>
    private const int Past = 64;

    /// <summary>Samples of one phase or branch: the past, one run of the kernel, and room for a vector that reads past the end.</summary>
    internal const int Row = Past + FirKernel.Outputs + 32;

    [SkipLocalsInit]
    private static int Interpolate(SimdLevel level, PolyphaseFilter filter, ref PolyphaseState state, ReadOnlySpan<short> part, Span<short> destination)
    {
        // [history, as far as it goes][the chunk]: no output that counts sees what lies before or behind.
        Span<short> samples = stackalloc short[Row];
        state.History.AsSpan().CopyTo(samples[(Past - filter.HistoryLength)..]);
        part.CopyTo(samples[Past..]);

        // Row 0 is the copy, or the first phase.
        Span<short> rows = stackalloc short[6 * FirKernel.Outputs];
        FirPlan plan = filter.Plan!;
        int phases = filter.Interpolation;
        int first = phases - plan.Outputs;
        for (int n = 0; n < plan.Outputs; n++)
        {
            FirKernel.Run(level, plan, n, ref samples[Past], ref rows[(first + n) * FirKernel.Outputs], part.Length);
        }

        Span<short> copy = filter.HasSingleTapPhase ? samples[(Past - filter.ReachInSamples)..] : rows;
        if (phases == 3)
        {
            SampleShuffle.InterleaveByThree(level, copy, rows[FirKernel.Outputs..], rows[(2 * FirKernel.Outputs)..], destination, part.Length);
            return 3 * part.Length;
        }

        int at = 0;
        for (int i = 0; i < part.Length; i++)
        {
            destination[at++] = copy[i];
            for (int phase = 1; phase < phases; phase++)
            {
                destination[at++] = rows[(phase * FirKernel.Outputs) + i];
            }
        }

        return at;
    }
}
