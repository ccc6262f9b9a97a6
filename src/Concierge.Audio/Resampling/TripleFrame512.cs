using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>
/// The call's own case on AVX-512: one 20 ms frame, 160 samples at 8 kHz to 480 at 24 kHz, by a filter with a copy among its phases. Both other phases share each loaded vector, and all three are
/// interleaved where they stand.
/// </summary>
/// <remarks>The sums are those of <see cref="FirKernel"/>, and so is the order of products and additions.</remarks>
internal static class TripleFrame512
{
    private const int Past = 64;

    /// <summary>Converts one frame.</summary>
    /// <param name="filter">L = 3, M = 1, with a single-tap phase.</param>
    /// <param name="history">The state's samples, fewer than 64.</param>
    /// <param name="source">160 samples.</param>
    /// <param name="destination">Room for 480.</param>
    [SkipLocalsInit]
    public static void Interpolate(PolyphaseFilter filter, ReadOnlySpan<short> history, ref short source, ref short destination)
    {
        // Only the first two of five vectors reach back before the frame: they read [history][the first 64 samples], the others the frame.
        Span<short> joint = stackalloc short[2 * Past];
        ref short start = ref Unsafe.Add(ref MemoryMarshal.GetReference(joint), Past);
        history.CopyTo(joint[(Past - history.Length)..]);
        Vector512.LoadUnsafe(ref source).StoreUnsafe(ref start);
        Vector512.LoadUnsafe(ref source, 32).StoreUnsafe(ref start, 32);
        Filter(filter.Plan!, ref start, ref source, filter.ReachInSamples, ref destination);
    }

    private static void Filter(FirPlan plan, ref short start, ref short source, int reach, ref short destination)
    {
        Vector512<int> e10 = Vector512.Create(plan.Rounding);
        Vector512<int> o10 = e10;
        Vector512<int> e20 = e10;
        Vector512<int> o20 = e10;
        Vector512<int> e11 = e10;
        Vector512<int> o11 = e10;
        Vector512<int> e21 = e10;
        Vector512<int> o21 = e10;
        Vector512<int> e12 = e10;
        Vector512<int> o12 = e10;
        Vector512<int> e22 = e10;
        Vector512<int> o22 = e10;
        Vector512<int> e13 = e10;
        Vector512<int> o13 = e10;
        Vector512<int> e23 = e10;
        Vector512<int> o23 = e10;
        Vector512<int> e14 = e10;
        Vector512<int> o14 = e10;
        Vector512<int> e24 = e10;
        Vector512<int> o24 = e10;
        ref int c = ref MemoryMarshal.GetArrayDataReference(plan.Coefficients);
        FirSegment[] segments = plan.Segments;
        for (int s = 0; s < segments.Length; s++)
        {
            if (s == plan.FineSegments)
            {
                int lower = plan.LowerBits;
                e10 >>= lower;
                o10 >>= lower;
                e20 >>= lower;
                o20 >>= lower;
                e11 >>= lower;
                o11 >>= lower;
                e21 >>= lower;
                o21 >>= lower;
                e12 >>= lower;
                o12 >>= lower;
                e22 >>= lower;
                o22 >>= lower;
                e13 >>= lower;
                o13 >>= lower;
                e23 >>= lower;
                o23 >>= lower;
                e14 >>= lower;
                o14 >>= lower;
                e24 >>= lower;
                o24 >>= lower;
            }

            ref short x = ref Unsafe.Add(ref start, segments[s].Offset);
            ref short y = ref Unsafe.Add(ref source, segments[s].Offset + 64);
            ref int end = ref Unsafe.Add(ref c, 4 * segments[s].Pairs);
            do
            {
                Vector512<short> even1 = Vector512.Create(c).AsInt16();
                Vector512<short> odd1 = Vector512.Create(Unsafe.Add(ref c, 1)).AsInt16();
                Vector512<short> even2 = Vector512.Create(Unsafe.Add(ref c, 2)).AsInt16();
                Vector512<short> odd2 = Vector512.Create(Unsafe.Add(ref c, 3)).AsInt16();
                Vector512<short> at = Vector512.LoadUnsafe(ref x);
                MultiplyAdd(at, even1, odd1, even2, odd2, ref e10, ref o10, ref e20, ref o20);
                at = Vector512.LoadUnsafe(ref x, 32);
                MultiplyAdd(at, even1, odd1, even2, odd2, ref e11, ref o11, ref e21, ref o21);
                at = Vector512.LoadUnsafe(ref y);
                MultiplyAdd(at, even1, odd1, even2, odd2, ref e12, ref o12, ref e22, ref o22);
                at = Vector512.LoadUnsafe(ref y, 32);
                MultiplyAdd(at, even1, odd1, even2, odd2, ref e13, ref o13, ref e23, ref o23);
                at = Vector512.LoadUnsafe(ref y, 64);
                MultiplyAdd(at, even1, odd1, even2, odd2, ref e14, ref o14, ref e24, ref o24);
                c = ref Unsafe.Add(ref c, 4);
                x = ref Unsafe.Subtract(ref x, 2);
                y = ref Unsafe.Subtract(ref y, 2);
            }
            while (Unsafe.IsAddressLessThan(ref c, ref end));
        }

        Write(Vector512.LoadUnsafe(ref Unsafe.Subtract(ref start, reach)), e10, o10, e20, o20, ref destination);

        // Never a reference to what lies before the frame: the collector would not move it along with it.
        Write(Vector512.LoadUnsafe(ref Unsafe.Add(ref source, 32 - reach)), e11, o11, e21, o21, ref Unsafe.Add(ref destination, 96));
        Write(Vector512.LoadUnsafe(ref Unsafe.Add(ref source, 64 - reach)), e12, o12, e22, o22, ref Unsafe.Add(ref destination, 192));
        Write(Vector512.LoadUnsafe(ref Unsafe.Add(ref source, 96 - reach)), e13, o13, e23, o23, ref Unsafe.Add(ref destination, 288));
        Write(Vector512.LoadUnsafe(ref Unsafe.Add(ref source, 128 - reach)), e14, o14, e24, o24, ref Unsafe.Add(ref destination, 384));
    }

    /// <summary>Adds a pair of taps for the four outputs that 32 samples serve: three products before the first two additions (see <see cref="FirKernel"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd(
        Vector512<short> at,
        Vector512<short> even1,
        Vector512<short> odd1,
        Vector512<short> even2,
        Vector512<short> odd2,
        ref Vector512<int> e1,
        ref Vector512<int> o1,
        ref Vector512<int> e2,
        ref Vector512<int> o2)
    {
        Vector512<int> p = Avx512BW.MultiplyAddAdjacent(at, even1);
        Vector512<int> q = Avx512BW.MultiplyAddAdjacent(at, odd1);
        Vector512<int> r = Avx512BW.MultiplyAddAdjacent(at, even2);
        e1 += p;
        o1 += q;
        p = Avx512BW.MultiplyAddAdjacent(at, odd2);
        e2 += r;
        o2 += p;
    }

    /// <summary>Rounds, saturates and interleaves 32 samples of each phase.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(Vector512<short> copy, Vector512<int> e1, Vector512<int> o1, Vector512<int> e2, Vector512<int> o2, ref short to)
    {
        Vector512<short> even = Avx512BW.PackSignedSaturate(e1 >> FirPlan.FractionBits, e2 >> FirPlan.FractionBits);
        Vector512<short> odd = Avx512BW.PackSignedSaturate(o1 >> FirPlan.FractionBits, o2 >> FirPlan.FractionBits);
        ref short row = ref MemoryMarshal.GetReference(Merge);
        Third(even, odd, copy, ref row).StoreUnsafe(ref to);
        Third(even, odd, copy, ref Unsafe.Add(ref row, 64)).StoreUnsafe(ref to, 32);
        Third(even, odd, copy, ref Unsafe.Add(ref row, 128)).StoreUnsafe(ref to, 64);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Third(Vector512<short> even, Vector512<short> odd, Vector512<short> copy, ref short row) =>
        Avx512BW.PermuteVar32x16x2(Avx512BW.PermuteVar32x16x2(even, Vector512.LoadUnsafe(ref row), odd), Vector512.LoadUnsafe(ref row, 32), copy);

    /// <summary>
    /// For each third of 96 samples: where its words lie in the packed even and odd samples (within 128-bit lanes four of phase 1, then four of phase 2), and then in what they gave and the copy.
    /// </summary>
    private static ReadOnlySpan<short> Merge =>
    [
        0, 0, 4, 0, 32, 36, 0, 1, 5, 0, 33, 37, 0, 2, 6, 0, 34, 38, 0, 3, 7, 0, 35, 39, 0, 8, 12, 0, 40, 44, 0, 9,
        32, 1, 2, 33, 4, 5, 34, 7, 8, 35, 10, 11, 36, 13, 14, 37, 16, 17, 38, 19, 20, 39, 22, 23, 40, 25, 26, 41, 28, 29, 42, 31,
        13, 0, 41, 45, 0, 10, 14, 0, 42, 46, 0, 11, 15, 0, 43, 47, 0, 16, 20, 0, 48, 52, 0, 17, 21, 0, 49, 53, 0, 18, 22, 0,
        0, 43, 2, 3, 44, 5, 6, 45, 8, 9, 46, 11, 12, 47, 14, 15, 48, 17, 18, 49, 20, 21, 50, 23, 24, 51, 26, 27, 52, 29, 30, 53,
        50, 54, 0, 19, 23, 0, 51, 55, 0, 24, 28, 0, 56, 60, 0, 25, 29, 0, 57, 61, 0, 26, 30, 0, 58, 62, 0, 27, 31, 0, 59, 63,
        0, 1, 54, 3, 4, 55, 6, 7, 56, 9, 10, 57, 12, 13, 58, 15, 16, 59, 18, 19, 60, 21, 22, 61, 24, 25, 62, 27, 28, 63, 30, 31,
    ];
}
