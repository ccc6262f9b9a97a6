using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
        if (ratio == 3 && next == 0 && count == FirKernel.Outputs)
        {
            DealFrame(level, state.History, part, samples, streams);
            FirKernel.Run(level, filter.Plan!, 0, ref streams[Past], ref destination[0], count);
            return count;
        }

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

    /// <summary>A whole frame at ratio 3: only what reaches back before it, and its first samples, are copied together; the rest is dealt out from where it lies.</summary>
    private static void DealFrame(SimdLevel level, short[] history, ReadOnlySpan<short> part, Span<short> samples, Span<short> streams)
    {
        const int Group = 32; // outputs that are dealt at a time
        const int Front = (3 * Past) + 2; // in the joint samples the frame begins here
        const int Joint = Past + Group;
        history.CopyTo(samples[(Front - history.Length)..]);
        part[..(3 * Group)].CopyTo(samples[Front..]);
        SampleShuffle.DealByThree(level, ref samples[0], ref streams[0], Row, Joint);
        SampleShuffle.DealByThree(level, ref MemoryMarshal.GetReference(part[((3 * Joint) - Front)..]), ref streams[Joint], Row, FirKernel.Outputs - Group);
    }
}
