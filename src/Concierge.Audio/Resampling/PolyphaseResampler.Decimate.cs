using System.Runtime.CompilerServices;

namespace Concierge.Audio;

/// <content>L = 1: every M-th input sample has an output; the input is dealt out to M branches, each filters its share, and the branches add up.</content>
public static partial class PolyphaseResampler
{
    [SkipLocalsInit]
    private static int Decimate(SimdLevel level, PolyphaseFilter filter, ref PolyphaseState state, ReadOnlySpan<short> part, Span<short> destination)
    {
        const int MaxRatio = 6;
        int ratio = filter.Decimation;
        int next = state.NextOutput;
        int count = OutputSamples(filter, next, part.Length);
        state.NextOutput = next + (count * ratio) - part.Length;
        if (count == 0)
        {
            return 0;
        }

        // [history, as far as it goes][the chunk], dealt out so that stream r holds x[next + ratio m - r], m from -Past.
        Span<short> samples = stackalloc short[MaxRatio * Row];
        Span<short> streams = stackalloc short[MaxRatio * Row];
        int back = (filter.HistoryLength + ratio) / ratio; // outputs' worth of history, rounded up
        int start = Past - back;
        int front = (back * ratio) - next + ratio - 1; // where the chunk begins in what is dealt out from x[next - ratio back - (ratio - 1)]
        state.History.AsSpan().CopyTo(samples[(front - filter.HistoryLength)..]);
        part.CopyTo(samples[front..]);
        if (ratio == 3)
        {
            SampleShuffle.DealByThree(level, ref samples[0], ref streams[start], Row, back + count);
        }
        else
        {
            for (int i = 0; i < back + count; i++)
            {
                for (int r = 0; r < ratio; r++)
                {
                    streams[(r * Row) + start + i] = samples[(ratio * i) + ratio - 1 - r];
                }
            }
        }

        // The vector forms give a whole run, whatever counts.
        Span<short> run = stackalloc short[FirKernel.Outputs];
        scoped Span<short> results = count == FirKernel.Outputs ? destination : run;
        FirKernel.Run(level, filter.Plan!, 0, ref streams[Past], ref results[0], count);
        if (count < FirKernel.Outputs)
        {
            run[..count].CopyTo(destination);
        }

        return count;
    }
}
