using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Concierge.Audio;

/// <content>M = 1: each input sample gives L outputs, phase by phase over the whole chunk, then interleaved.</content>
public static partial class PolyphaseResampler
{
    /// <summary>The longest phase (high fidelity), and room for vectors that read past the end.</summary>
    private const int MaxTaps = 46;

    private const int Padding = 32;

    [SkipLocalsInit]
    private static int Interpolate(SimdLevel level, PolyphaseFilter filter, ref PolyphaseState state, ReadOnlySpan<short> part, Span<short> destination)
    {
        const int Pairs = InterpolatorChunk / 2;
        int taps = filter.TapsPerPhase;
        int count = part.Length;
        if (level >= SimdLevel.Vector512 && SimdSupport.Has512 && count == filter.FrameSamples)
        {
            TripleFrame512.Interpolate(filter, state.History, ref MemoryMarshal.GetReference(part), ref MemoryMarshal.GetReference(destination));
            return 3 * count;
        }

        int pairs = (count + 1) / 2;

        // [one sample that no tap reaches][taps - 1 of history][the chunk][silence]
        Span<short> samples = stackalloc short[MaxTaps + InterpolatorChunk + Padding];
        samples[0] = 0;
        state.History.AsSpan().CopyTo(samples[1..]);
        part.CopyTo(samples[taps..]);
        samples.Slice(taps + count, Padding).Clear();

        Span<float> even = stackalloc float[(MaxTaps / 2) + Pairs + Padding];
        Span<float> odd = stackalloc float[(MaxTaps / 2) + Pairs + Padding];
        int streamPairs = (taps / 2) + pairs;
        SampleShuffle.Split(level, ref MemoryMarshal.GetReference(samples), ref MemoryMarshal.GetReference(even), ref MemoryMarshal.GetReference(odd), (nuint)streamPairs);
        even.Slice(streamPairs, FirKernel.Slack).Clear();
        odd.Slice(streamPairs, FirKernel.Slack).Clear();

        Span<float> sumEven = stackalloc float[Pairs + FirKernel.Slack];
        Span<float> sumOdd = stackalloc float[Pairs + FirKernel.Slack];
        const int Row = InterpolatorChunk + Padding;
        Span<short> rows = stackalloc short[6 * Row];
        int ratio = filter.Interpolation;
        for (int phase = 0; phase < ratio; phase++)
        {
            if (phase == 0 && filter.HasSingleTapPhase)
            {
                continue; // a copy: see below
            }

            FirKernel.Accumulate(
                level,
                fresh: true,
                ref MemoryMarshal.GetReference(even),
                ref MemoryMarshal.GetReference(odd),
                (nuint)(taps / 2),
                ref MemoryMarshal.GetArrayDataReference(filter.Branches[phase]),
                (nuint)(taps / 2),
                ref MemoryMarshal.GetReference(sumEven),
                ref MemoryMarshal.GetReference(sumOdd),
                (nuint)pairs);
            SampleShuffle.Merge(level, ref MemoryMarshal.GetReference(sumEven), ref MemoryMarshal.GetReference(sumOdd), ref MemoryMarshal.GetReference(rows[(phase * Row)..]), (nuint)pairs);
        }

        Span<short> copy = filter.HasSingleTapPhase ? samples[(taps - filter.ReachInSamples)..] : rows;
        if (ratio == 3)
        {
            SampleShuffle.InterleaveByThree(level, copy, rows[Row..], rows[(2 * Row)..], destination, count);
        }
        else
        {
            for (int i = 0, at = 0; i < count; i++)
            {
                destination[at++] = copy[i];
                for (int phase = 1; phase < ratio; phase++)
                {
                    destination[at++] = rows[(phase * Row) + i];
                }
            }
        }

        return count * ratio;
    }
}
