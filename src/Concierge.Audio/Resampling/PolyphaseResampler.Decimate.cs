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
        const int MaxPairs = (Chunk / 2 / 2) + 1; // two input samples for each output at least
        const int Row = (MaxTaps / 2) + MaxPairs + Padding;
        int ratio = filter.Decimation;
        int taps = filter.TapsPerPhase / ratio; // of each branch
        int next = state.NextOutput;
        if (level >= SimdLevel.Vector512 && SimdSupport.Has512 && part.Length == filter.FrameSamples && next == 0)
        {
            TripleFrame512.Decimate(filter, state.History, ref MemoryMarshal.GetReference(part), ref MemoryMarshal.GetReference(destination));
            return TripleFrame512.Frame;
        }

        int count = OutputSamples(filter, next, part.Length);
        state.NextOutput = next + (count * ratio) - part.Length;
        if (count == 0)
        {
            return 0;
        }

        int pairs = (count + 1) / 2;

        // [what no tap reaches][ratio * taps - 1 of history][the chunk][silence]; the chunk begins at ratio * (taps + 1).
        Span<short> samples = stackalloc short[(MaxRatio * (MaxTaps + 1)) + Chunk + (2 * MaxRatio) + Padding];
        int front = ratio * (taps + 1);
        samples[..(ratio + 1)].Clear();
        state.History.AsSpan().CopyTo(samples[(ratio + 1)..]);
        part.CopyTo(samples[front..]);
        samples.Slice(front + part.Length, (2 * ratio) + Padding).Clear();

        // Stream r holds x[next + ratio m - r]; element 0 is m = -taps.
        Span<float> streams = stackalloc float[2 * MaxRatio * Row];
        int streamPairs = (taps / 2) + pairs;
        ref short dealt = ref MemoryMarshal.GetReference(samples[(next + 1)..]);
        if (ratio == 3)
        {
            SampleShuffle.SplitByThree(level, ref dealt, ref MemoryMarshal.GetReference(streams), Row, (nuint)streamPairs);
        }
        else
        {
            for (int i = 0; i < 2 * streamPairs; i++)
            {
                for (int r = 0; r < ratio; r++)
                {
                    streams[(((2 * r) + (i & 1)) * Row) + (i >> 1)] = Unsafe.Add(ref dealt, (ratio * i) + ratio - 1 - r);
                }
            }
        }

        for (int row = 0; row < 2 * ratio; row++)
        {
            streams.Slice((row * Row) + streamPairs, FirKernel.Slack).Clear();
        }

        Span<float> sumEven = stackalloc float[MaxPairs + FirKernel.Slack];
        Span<float> sumOdd = stackalloc float[MaxPairs + FirKernel.Slack];
        Span<float> single = stackalloc float[2];
        for (int r = 0; r < ratio; r++)
        {
            scoped ReadOnlySpan<float> coefficients = filter.Branches[r];
            int first = taps / 2;
            if (r == 0 && filter.HasSingleTapPhase)
            {
                // One tap, at an even or an odd distance.
                int reach = filter.ReachInSamples;
                single[reach & 1] = coefficients[reach];
                single[~reach & 1] = 0;
                coefficients = single;
                first -= reach / 2;
            }

            FirKernel.Accumulate(
                level,
                fresh: r == 0,
                ref streams[2 * r * Row],
                ref streams[((2 * r) + 1) * Row],
                (nuint)first,
                ref MemoryMarshal.GetReference(coefficients),
                (nuint)(coefficients.Length / 2),
                ref MemoryMarshal.GetReference(sumEven),
                ref MemoryMarshal.GetReference(sumOdd),
                (nuint)pairs);
        }

        Span<short> merged = stackalloc short[(2 * MaxPairs) + Padding];
        SampleShuffle.Merge(level, ref MemoryMarshal.GetReference(sumEven), ref MemoryMarshal.GetReference(sumOdd), ref MemoryMarshal.GetReference(merged), (nuint)pairs);
        merged[..count].CopyTo(destination);
        return count;
    }
}
