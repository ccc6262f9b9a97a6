using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Concierge.Audio;

/// <summary>Rational polyphase FIR rate conversion of 16-bit PCM, streaming: any split of the input gives the same samples.</summary>
/// <remarks>
/// For output m the filter's rate stands at p = m M; phase p mod L is applied to the input samples up to p div L. Where L or M is 1, sums are 32-bit integers that cannot overflow (see
/// <see cref="FirPlan"/>), so that every rung and every split gives the same samples on every processor; elsewhere they are single-precision fused multiply-adds in a fixed order. Results are
/// rounded to the nearest integer and saturated. Pure but for the state; allocation-free.
/// </remarks>
public static partial class PolyphaseResampler
{
    /// <summary>Input samples of one pass of <see cref="Convert"/>; the others take as many as give or need <see cref="FirKernel.Outputs"/>.</summary>
    private const int Chunk = 480;

    /// <summary>Converts the next samples.</summary>
    /// <param name="filter">The conversion.</param>
    /// <param name="state">This direction's history, made by the same filter; updated.</param>
    /// <param name="source">Input samples, any number.</param>
    /// <param name="destination">Room for the output: <see cref="PolyphaseFilter.MaxOutputSamples"/> always fits. It must not overlap the source.</param>
    /// <returns>The number of samples written.</returns>
    /// <exception cref="ArgumentException">The destination is too short (nothing is consumed then), or the state belongs to another filter.</exception>
    public static int Process(PolyphaseFilter filter, ref PolyphaseState state, ReadOnlySpan<short> source, Span<short> destination) =>
        Process(SimdSupport.Best, filter, ref state, source, destination);

    /// <summary><see cref="Process(PolyphaseFilter, ref PolyphaseState, ReadOnlySpan{short}, Span{short})"/> on no higher rung than the one given: for tests and benches.</summary>
    internal static int Process(SimdLevel level, PolyphaseFilter filter, ref PolyphaseState state, ReadOnlySpan<short> source, Span<short> destination)
    {
        if (state.History is null || state.History.Length != filter.HistoryLength)
        {
            ThrowForeignState();
        }

        // A call's own frame goes straight to its kernel: what is worked out below for any length and ratio takes a fifth as long as the frame.
        bool wide = level >= SimdLevel.Vector512 && SimdSupport.Has512;
        if (filter.HasFrameKernel && source.Length == FirKernel.Outputs && destination.Length >= 3 * FirKernel.Outputs
            && (wide || (level >= SimdLevel.Vector256 && TripleFrameVnni.IsSupported)))
        {
            ref short from = ref MemoryMarshal.GetReference(source);
            ref short to = ref MemoryMarshal.GetReference(destination);
            if (wide)
            {
                TripleFrame512.Interpolate(filter, state.History, ref from, ref to);
            }
            else
            {
                TripleFrameVnni.Interpolate(filter, state.History, ref from, ref to);
            }

            source[^state.History.Length..].CopyTo(state.History); // no filter remembers as much as a frame
            return 3 * FirKernel.Outputs;
        }

        int outputs = OutputSamples(filter, state.NextOutput, source.Length);
        if (destination.Length < outputs)
        {
            ThrowTooShort(source.Length, outputs, destination.Length);
        }

        int chunk = filter.Interpolation == 1 ? FirKernel.Outputs * filter.Decimation : filter.Decimation == 1 ? FirKernel.Outputs : Chunk;
        int written = 0;
        while (!source.IsEmpty)
        {
            ReadOnlySpan<short> part = source[..Math.Min(source.Length, chunk)];
            source = source[part.Length..];
            Span<short> room = destination[written..];
            written += filter.Decimation == 1 ? Interpolate(level, filter, ref state, part, room)
                : filter.Interpolation == 1 ? Decimate(level, filter, ref state, part, room)
                : Convert(filter, ref state, part, room);
            Remember(state.History, part);
        }

        return written;
    }

    /// <summary>The plain form, output by output: for ratios that are neither L nor 1/M.</summary>
    [SkipLocalsInit]
    private static int Convert(PolyphaseFilter filter, ref PolyphaseState state, ReadOnlySpan<short> part, Span<short> destination)
    {
        Span<float> window = stackalloc float[filter.HistoryLength + Chunk];
        Widen(state.History, window);
        Widen(part, window[filter.HistoryLength..]);
        int written = 0;
        int next = state.NextOutput;
        int end = part.Length * filter.Interpolation;
        for (; next < end; next += filter.Decimation)
        {
            (int index, int phase) = Math.DivRem(next, filter.Interpolation);
            destination[written++] = Dot(filter.Phase(phase), window[index..]);
        }

        state.NextOutput = next - end;
        return written;
    }

    /// <summary>How many outputs fall into the next so many inputs.</summary>
    internal static int OutputSamples(PolyphaseFilter filter, int nextOutput, int inputs)
    {
        long steps = ((long)inputs * filter.Interpolation) - nextOutput;
        long rounded = steps + filter.Decimation - 1;
        return steps <= 0 ? 0
            : rounded <= int.MaxValue ? (int)((uint)rounded / (uint)filter.Decimation) // twice as fast as by 64 bits, and more
            : checked((int)(rounded / filter.Decimation));
    }

    private static short Dot(ReadOnlySpan<float> coefficients, ReadOnlySpan<float> samples)
    {
        float sum = 0;
        for (int k = 0; k < coefficients.Length; k++)
        {
            sum = float.MultiplyAddEstimate(coefficients[k], samples[k], sum);
        }

        return SampleShuffle.Round(sum);
    }

    private static void Widen(ReadOnlySpan<short> source, Span<float> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = source[i];
        }
    }

    private static void Remember(short[] history, ReadOnlySpan<short> consumed)
    {
        if (consumed.Length >= history.Length)
        {
            consumed[^history.Length..].CopyTo(history);
            return;
        }

        history.AsSpan(consumed.Length).CopyTo(history);
        consumed.CopyTo(history.AsSpan(history.Length - consumed.Length));
    }

    [DoesNotReturn]
    private static void ThrowForeignState() => throw new ArgumentException("The state was not made by this filter's CreateState.", "state");

    [DoesNotReturn]
    private static void ThrowTooShort(int source, int outputs, int destination) =>
        throw new ArgumentException($"The destination holds {destination} samples; {source} input samples give {outputs}.", nameof(destination));
}
