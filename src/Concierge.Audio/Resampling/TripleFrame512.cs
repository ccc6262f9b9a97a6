using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>
/// The call's own case on AVX-512: one 20 ms frame, 160 samples at 8 kHz to 480 at 24 kHz or back, by a filter with a single-tap phase. The sums never leave the registers: going up, both other
/// phases share each loaded sample; they are rounded where they stand, and samples change places as 32-bit pairs.
/// </summary>
/// <remarks>The sums are those of <see cref="FirKernel"/>, product by product in the same order: equal to every other rung.</remarks>
internal static class TripleFrame512
{
    /// <summary>Samples of the frame at the lower rate.</summary>
    public const int Frame = 160;

    private const int MaxTaps = 46;

    /// <summary>Converts one frame.</summary>
    /// <param name="filter">L = 3, M = 1, with a single-tap phase.</param>
    /// <param name="history">The state's samples.</param>
    /// <param name="source">160 samples.</param>
    /// <param name="destination">Room for 480.</param>
    [SkipLocalsInit]
    public static void Interpolate(PolyphaseFilter filter, ReadOnlySpan<short> history, ref short source, ref short destination)
    {
        int taps = filter.TapsPerPhase;

        // [one sample that no tap reaches][taps - 1 of history][the frame]
        Span<short> samples = stackalloc short[MaxTaps + Frame + 32];
        Span<float> even = stackalloc float[((MaxTaps + Frame) / 2) + 32];
        Span<float> odd = stackalloc float[((MaxTaps + Frame) / 2) + 32];
        ref short past = ref MemoryMarshal.GetReference(samples);
        ref float e = ref MemoryMarshal.GetReference(even);
        ref float o = ref MemoryMarshal.GetReference(odd);
        past = 0;
        history.CopyTo(samples[1..]);
        nuint first = (nuint)(taps / 2);
        for (nuint i = 0; i < first; i += 16)
        {
            Part(Vector512.LoadUnsafe(ref past, 2 * i).AsInt32(), ref e, ref o, i);
        }

        for (nuint i = 0; i < Frame / 2; i += 16)
        {
            Vector512<short> next = Vector512.LoadUnsafe(ref source, 2 * i);
            next.StoreUnsafe(ref past, (nuint)taps + (2 * i));
            Part(next.AsInt32(), ref e, ref o, first + i);
        }

        Filter(
            ref e,
            ref o,
            first,
            ref MemoryMarshal.GetArrayDataReference(filter.Branches[1]),
            ref MemoryMarshal.GetArrayDataReference(filter.Branches[2]),
            first,
            ref Unsafe.Add(ref past, taps - filter.ReachInSamples),
            ref destination);
    }

    /// <summary>Converts one frame back.</summary>
    /// <param name="filter">L = 1, M = 3, with a single-tap branch.</param>
    /// <param name="history">The state's samples; the first output falls on the frame's first sample.</param>
    /// <param name="source">480 samples.</param>
    /// <param name="destination">Room for 160.</param>
    [SkipLocalsInit]
    public static void Decimate(PolyphaseFilter filter, ReadOnlySpan<short> history, ref short source, ref short destination)
    {
        const int Row = ((MaxTaps + Frame) / 2) + 32;
        int taps = filter.TapsPerPhase / 3; // of each branch

        // [one sample that no tap reaches][3 taps - 1 of history]
        Span<short> samples = stackalloc short[192];
        Span<float> streams = stackalloc float[6 * Row];
        ref short past = ref MemoryMarshal.GetReference(samples);
        ref float rows = ref MemoryMarshal.GetReference(streams);
        past = 0;
        history.CopyTo(samples[1..]);
        nuint first = (nuint)(taps / 2);
        for (nuint i = 0; i < first; i += 16)
        {
            DealOut(ref Unsafe.Add(ref past, 6 * i), ref Unsafe.Add(ref rows, i), Row);
        }

        for (nuint i = 0; i < Frame / 2; i += 16)
        {
            DealOut(ref Unsafe.Add(ref source, 6 * i), ref Unsafe.Add(ref rows, first + i), Row);
        }

        // The single tap stands at an even or an odd distance: the even outputs then take the even or the odd samples.
        nuint reach = (nuint)filter.ReachInSamples;
        Vector512<float> tap = Vector512.Create(filter.Branches[0][reach]);
        nuint back = first - (reach / 2);
        bool isOdd = (reach & 1) != 0;
        ref float x = ref Unsafe.Add(ref rows, isOdd ? Row + back - 1 : back);
        ref float y = ref Unsafe.Add(ref rows, isOdd ? back : Row + back);
        Vector512<float> e0 = Vector512.LoadUnsafe(ref x) * tap;
        Vector512<float> e1 = Vector512.LoadUnsafe(ref x, 16) * tap;
        Vector512<float> e2 = Vector512.LoadUnsafe(ref x, 32) * tap;
        Vector512<float> e3 = Vector512.LoadUnsafe(ref x, 48) * tap;
        Vector512<float> e4 = Vector512.LoadUnsafe(ref x, 64) * tap;
        Vector512<float> o0 = Vector512.LoadUnsafe(ref y) * tap;
        Vector512<float> o1 = Vector512.LoadUnsafe(ref y, 16) * tap;
        Vector512<float> o2 = Vector512.LoadUnsafe(ref y, 32) * tap;
        Vector512<float> o3 = Vector512.LoadUnsafe(ref y, 48) * tap;
        Vector512<float> o4 = Vector512.LoadUnsafe(ref y, 64) * tap;
        for (int branch = 1; branch < 3; branch++)
        {
            ref float c = ref MemoryMarshal.GetArrayDataReference(filter.Branches[branch]);
            x = ref Unsafe.Add(ref rows, ((nuint)(2 * branch) * Row) + first);
            y = ref Unsafe.Add(ref x, Row);
            Vector512<float> y0 = Vector512.LoadUnsafe(ref y);
            Vector512<float> y1 = Vector512.LoadUnsafe(ref y, 16);
            Vector512<float> y2 = Vector512.LoadUnsafe(ref y, 32);
            Vector512<float> y3 = Vector512.LoadUnsafe(ref y, 48);
            Vector512<float> y4 = Vector512.LoadUnsafe(ref y, 64);
            for (nuint j = 0; j < 2 * first; j += 2)
            {
                Vector512<float> c0 = Vector512.Create(Unsafe.Add(ref c, j));
                Vector512<float> c1 = Vector512.Create(Unsafe.Add(ref c, j + 1));
                o0 = Avx512F.FusedMultiplyAdd(y0, c0, o0);
                o1 = Avx512F.FusedMultiplyAdd(y1, c0, o1);
                o2 = Avx512F.FusedMultiplyAdd(y2, c0, o2);
                o3 = Avx512F.FusedMultiplyAdd(y3, c0, o3);
                o4 = Avx512F.FusedMultiplyAdd(y4, c0, o4);
                y = ref Unsafe.Subtract(ref y, 1);
                y0 = Vector512.LoadUnsafe(ref y);
                y1 = Vector512.LoadUnsafe(ref y, 16);
                y2 = Vector512.LoadUnsafe(ref y, 32);
                y3 = Vector512.LoadUnsafe(ref y, 48);
                y4 = Vector512.LoadUnsafe(ref y, 64);
                Vector512<float> at = Vector512.LoadUnsafe(ref x);
                e0 = Avx512F.FusedMultiplyAdd(at, c0, e0);
                o0 = Avx512F.FusedMultiplyAdd(at, c1, o0);
                at = Vector512.LoadUnsafe(ref x, 16);
                e1 = Avx512F.FusedMultiplyAdd(at, c0, e1);
                o1 = Avx512F.FusedMultiplyAdd(at, c1, o1);
                at = Vector512.LoadUnsafe(ref x, 32);
                e2 = Avx512F.FusedMultiplyAdd(at, c0, e2);
                o2 = Avx512F.FusedMultiplyAdd(at, c1, o2);
                at = Vector512.LoadUnsafe(ref x, 48);
                e3 = Avx512F.FusedMultiplyAdd(at, c0, e3);
                o3 = Avx512F.FusedMultiplyAdd(at, c1, o3);
                at = Vector512.LoadUnsafe(ref x, 64);
                e4 = Avx512F.FusedMultiplyAdd(at, c0, e4);
                o4 = Avx512F.FusedMultiplyAdd(at, c1, o4);
                x = ref Unsafe.Subtract(ref x, 1);
                e0 = Avx512F.FusedMultiplyAdd(y0, c1, e0);
                e1 = Avx512F.FusedMultiplyAdd(y1, c1, e1);
                e2 = Avx512F.FusedMultiplyAdd(y2, c1, e2);
                e3 = Avx512F.FusedMultiplyAdd(y3, c1, e3);
                e4 = Avx512F.FusedMultiplyAdd(y4, c1, e4);
            }
        }

        Both(e0, o0).StoreUnsafe(ref destination);
        Both(e1, o1).StoreUnsafe(ref destination, 32);
        Both(e2, o2).StoreUnsafe(ref destination, 64);
        Both(e3, o3).StoreUnsafe(ref destination, 96);
        Both(e4, o4).StoreUnsafe(ref destination, 128);
    }

    /// <summary>
    /// Sixteen times six samples x[3n], x[3n+1], x[3n+2], x[3n+3] ... to their branches: x[3n] is branch 0's at n; the other two are branch 2's and 1's at n + 1, so that the even and odd rows
    /// change places, and what becomes even falls one further.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DealOut(ref short six, ref float rows, nuint stride)
    {
        Vector512<int> a = Vector512.LoadUnsafe(ref six).AsInt32();
        Vector512<int> b = Vector512.LoadUnsafe(ref six, 32).AsInt32();
        Vector512<int> c = Vector512.LoadUnsafe(ref six, 64).AsInt32();
        ref int collect = ref MemoryMarshal.GetReference(Collect);
        Vector512<int> d0 = Third(a, b, c, ref collect);
        Vector512<int> d1 = Third(a, b, c, ref Unsafe.Add(ref collect, 48));
        Vector512<int> d2 = Third(a, b, c, ref Unsafe.Add(ref collect, 96));
        Low(d0).StoreUnsafe(ref rows);
        High(d0).StoreUnsafe(ref rows, 5 * stride);
        Low(d1).StoreUnsafe(ref rows, 3 * stride);
        High(d1).StoreUnsafe(ref rows, stride);
        Low(d2).StoreUnsafe(ref rows, (4 * stride) + 1);
        High(d2).StoreUnsafe(ref rows, (2 * stride) + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Low(Vector512<int> both) => Avx512F.ConvertToVector512Single(Avx512F.ShiftRightArithmetic(Avx512F.ShiftLeftLogical(both, 16), 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> High(Vector512<int> both) => Avx512F.ConvertToVector512Single(Avx512F.ShiftRightArithmetic(both, 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Both(Vector512<float> even, Vector512<float> odd) =>
        Avx512F.TernaryLogic(Vector512.Create(0xFFFF), Round(even), Avx512F.ShiftLeftLogical(Round(odd), 16), 0xCA).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Part(Vector512<int> both, ref float even, ref float odd, nuint at)
    {
        Low(both).StoreUnsafe(ref even, at);
        High(both).StoreUnsafe(ref odd, at);
    }

    /// <summary>Twenty sums: of both phases, even and odd outputs, five vectors each. See <see cref="FirKernel512"/> for the order.</summary>
    private static void Filter(ref float even, ref float odd, nuint first, ref float one, ref float two, nuint tapPairs, ref short copy, ref short destination)
    {
        Vector512<float> e10 = default, e11 = default, e12 = default, e13 = default, e14 = default;
        Vector512<float> o10 = default, o11 = default, o12 = default, o13 = default, o14 = default;
        Vector512<float> e20 = default, e21 = default, e22 = default, e23 = default, e24 = default;
        Vector512<float> o20 = default, o21 = default, o22 = default, o23 = default, o24 = default;
        ref float x = ref Unsafe.Add(ref even, first);
        ref float y = ref Unsafe.Add(ref odd, first);
        Vector512<float> y0 = Vector512.LoadUnsafe(ref y);
        Vector512<float> y1 = Vector512.LoadUnsafe(ref y, 16);
        Vector512<float> y2 = Vector512.LoadUnsafe(ref y, 32);
        Vector512<float> y3 = Vector512.LoadUnsafe(ref y, 48);
        Vector512<float> y4 = Vector512.LoadUnsafe(ref y, 64);
        for (nuint j = 0; j < 2 * tapPairs; j += 2)
        {
            Vector512<float> c = Vector512.Create(Unsafe.Add(ref one, j));
            Vector512<float> d = Vector512.Create(Unsafe.Add(ref two, j));
            o10 = Avx512F.FusedMultiplyAdd(y0, c, o10);
            o20 = Avx512F.FusedMultiplyAdd(y0, d, o20);
            o11 = Avx512F.FusedMultiplyAdd(y1, c, o11);
            o21 = Avx512F.FusedMultiplyAdd(y1, d, o21);
            o12 = Avx512F.FusedMultiplyAdd(y2, c, o12);
            o22 = Avx512F.FusedMultiplyAdd(y2, d, o22);
            o13 = Avx512F.FusedMultiplyAdd(y3, c, o13);
            o23 = Avx512F.FusedMultiplyAdd(y3, d, o23);
            o14 = Avx512F.FusedMultiplyAdd(y4, c, o14);
            o24 = Avx512F.FusedMultiplyAdd(y4, d, o24);
            y = ref Unsafe.Subtract(ref y, 1);
            y0 = Vector512.LoadUnsafe(ref y);
            y1 = Vector512.LoadUnsafe(ref y, 16);
            y2 = Vector512.LoadUnsafe(ref y, 32);
            y3 = Vector512.LoadUnsafe(ref y, 48);
            y4 = Vector512.LoadUnsafe(ref y, 64);
            Vector512<float> cNext = Vector512.Create(Unsafe.Add(ref one, j + 1));
            Vector512<float> dNext = Vector512.Create(Unsafe.Add(ref two, j + 1));
            Vector512<float> at = Vector512.LoadUnsafe(ref x);
            e10 = Avx512F.FusedMultiplyAdd(at, c, e10);
            e20 = Avx512F.FusedMultiplyAdd(at, d, e20);
            o10 = Avx512F.FusedMultiplyAdd(at, cNext, o10);
            o20 = Avx512F.FusedMultiplyAdd(at, dNext, o20);
            at = Vector512.LoadUnsafe(ref x, 16);
            e11 = Avx512F.FusedMultiplyAdd(at, c, e11);
            e21 = Avx512F.FusedMultiplyAdd(at, d, e21);
            o11 = Avx512F.FusedMultiplyAdd(at, cNext, o11);
            o21 = Avx512F.FusedMultiplyAdd(at, dNext, o21);
            at = Vector512.LoadUnsafe(ref x, 32);
            e12 = Avx512F.FusedMultiplyAdd(at, c, e12);
            e22 = Avx512F.FusedMultiplyAdd(at, d, e22);
            o12 = Avx512F.FusedMultiplyAdd(at, cNext, o12);
            o22 = Avx512F.FusedMultiplyAdd(at, dNext, o22);
            at = Vector512.LoadUnsafe(ref x, 48);
            e13 = Avx512F.FusedMultiplyAdd(at, c, e13);
            e23 = Avx512F.FusedMultiplyAdd(at, d, e23);
            o13 = Avx512F.FusedMultiplyAdd(at, cNext, o13);
            o23 = Avx512F.FusedMultiplyAdd(at, dNext, o23);
            at = Vector512.LoadUnsafe(ref x, 64);
            e14 = Avx512F.FusedMultiplyAdd(at, c, e14);
            e24 = Avx512F.FusedMultiplyAdd(at, d, e24);
            o14 = Avx512F.FusedMultiplyAdd(at, cNext, o14);
            o24 = Avx512F.FusedMultiplyAdd(at, dNext, o24);
            x = ref Unsafe.Subtract(ref x, 1);
            e10 = Avx512F.FusedMultiplyAdd(y0, cNext, e10);
            e20 = Avx512F.FusedMultiplyAdd(y0, dNext, e20);
            e11 = Avx512F.FusedMultiplyAdd(y1, cNext, e11);
            e21 = Avx512F.FusedMultiplyAdd(y1, dNext, e21);
            e12 = Avx512F.FusedMultiplyAdd(y2, cNext, e12);
            e22 = Avx512F.FusedMultiplyAdd(y2, dNext, e22);
            e13 = Avx512F.FusedMultiplyAdd(y3, cNext, e13);
            e23 = Avx512F.FusedMultiplyAdd(y3, dNext, e23);
            e14 = Avx512F.FusedMultiplyAdd(y4, cNext, e14);
            e24 = Avx512F.FusedMultiplyAdd(y4, dNext, e24);
        }

        ref int deal = ref MemoryMarshal.GetReference(Deal);
        Write(Vector512.LoadUnsafe(ref copy), e10, o10, e20, o20, ref deal, ref destination);
        Write(Vector512.LoadUnsafe(ref copy, 32), e11, o11, e21, o21, ref deal, ref Unsafe.Add(ref destination, 96));
        Write(Vector512.LoadUnsafe(ref copy, 64), e12, o12, e22, o22, ref deal, ref Unsafe.Add(ref destination, 192));
        Write(Vector512.LoadUnsafe(ref copy, 96), e13, o13, e23, o23, ref deal, ref Unsafe.Add(ref destination, 288));
        Write(Vector512.LoadUnsafe(ref copy, 128), e14, o14, e24, o24, ref deal, ref Unsafe.Add(ref destination, 384));
    }

    /// <summary>Six samples of each pair of outputs are three 32-bit values: (copy, one), (two, copy), (one, two). They are put together without leaving their lanes and dealt out as such.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(Vector512<short> copy, Vector512<float> e1, Vector512<float> o1, Vector512<float> e2, Vector512<float> o2, ref int deal, ref short to)
    {
        Vector512<int> low = Vector512.Create(0xFFFF);
        Vector512<int> both = copy.AsInt32();
        Vector512<int> first = Avx512F.TernaryLogic(low, both, Avx512F.ShiftLeftLogical(Round(e1), 16), 0xCA); // low ? both : the other
        Vector512<int> second = Avx512F.TernaryLogic(low, Round(e2), both, 0xCA);
        Vector512<int> third = Both(o1, o2).AsInt32();
        ref int at = ref Unsafe.As<short, int>(ref to);
        Third(first, second, third, ref deal).StoreUnsafe(ref at);
        Third(first, second, third, ref Unsafe.Add(ref deal, 48)).StoreUnsafe(ref at, 16);
        Third(first, second, third, ref Unsafe.Add(ref deal, 96)).StoreUnsafe(ref at, 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Third(Vector512<int> first, Vector512<int> second, Vector512<int> third, ref int row) => Vector512.ConditionalSelect(
        Vector512.LoadUnsafe(ref row, 32),
        Avx512F.PermuteVar16x32(third, Vector512.LoadUnsafe(ref row, 16)),
        Avx512F.PermuteVar16x32x2(first, Vector512.LoadUnsafe(ref row), second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Round(Vector512<float> sum) =>
        Avx512F.ConvertToVector512Int32(Avx512F.Min(Avx512F.Max(sum, Vector512.Create(-32768f)), Vector512.Create(32767f)));

    /// <summary>For each third of the output: the index into the first two values, the index into the third, and the mask of the third's lanes. Lane l of the k-th is value (16 k + l) % 3 of pair (16 k + l) / 3.</summary>
    /// <remarks>Constants of the program: reading them needs no initialised class, whose check would keep the sums out of the registers.</remarks>
    private static ReadOnlySpan<int> Deal =>
    [
        0, 16, 0, 1, 17, 1, 2, 18, 2, 3, 19, 3, 4, 20, 4, 5,
        0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5,
        0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0,
        21, 5, 6, 22, 6, 7, 23, 7, 8, 24, 8, 9, 25, 9, 10, 26,
        5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10,
        0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0,
        10, 11, 27, 11, 12, 28, 12, 13, 29, 13, 14, 30, 14, 15, 31, 15,
        10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15,
        -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1,
    ];

    /// <summary>The way back: lane l of the k-th vector is 32-bit value 3 l + k of three vectors; the index into the first two, the index into the third, and the mask of its lanes.</summary>
    private static ReadOnlySpan<int> Collect =>
    [
        0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 1, 4, 7, 10, 13,
        0, 3, 6, 9, 12, 15, 2, 5, 8, 11, 14, 1, 4, 7, 10, 13,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1,
        1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 2, 5, 8, 11, 14,
        1, 4, 7, 10, 13, 0, 3, 6, 9, 12, 15, 2, 5, 8, 11, 14,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1,
        2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 3, 6, 9, 12, 15,
        2, 5, 8, 11, 14, 1, 4, 7, 10, 13, 0, 3, 6, 9, 12, 15,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1,
    ];
}
