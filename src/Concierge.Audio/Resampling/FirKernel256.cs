using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>The AVX2 form, with AVX-VNNI where there is. See <see cref="FirKernel"/>.</summary>
internal static class FirKernel256
{
    /// <summary>Gives 160 samples: five vectors at a time.</summary>
    public static void Run(FirPlan plan, int output, ref short samples, ref short destination)
    {
        for (int i = 0; i < FirKernel.Outputs; i += 5 * Vector256<short>.Count)
        {
            Five(plan, output, ref Unsafe.Add(ref samples, i), ref Unsafe.Add(ref destination, i));
        }
    }

    private static void Five(FirPlan plan, int output, ref short samples, ref short destination)
    {
        Vector256<int> e0 = Vector256.Create(plan.Rounding);
        Vector256<int> e1 = e0;
        Vector256<int> e2 = e0;
        Vector256<int> e3 = e0;
        Vector256<int> e4 = e0;
        Vector256<int> o0 = e0;
        Vector256<int> o1 = e0;
        Vector256<int> o2 = e0;
        Vector256<int> o3 = e0;
        Vector256<int> o4 = e0;
        ref int c = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(plan.Coefficients), 2 * output);
        int step = 2 * plan.Outputs;
        FirSegment[] segments = plan.Segments;
        for (int s = 0; s < segments.Length; s++)
        {
            if (s == plan.FineSegments)
            {
                int lower = plan.LowerBits;
                e0 >>= lower;
                o0 >>= lower;
                e1 >>= lower;
                o1 >>= lower;
                e2 >>= lower;
                o2 >>= lower;
                e3 >>= lower;
                o3 >>= lower;
                e4 >>= lower;
                o4 >>= lower;
            }

            ref short x = ref Unsafe.Add(ref samples, segments[s].Offset);
            for (int j = segments[s].Pairs; j > 0; j--)
            {
                Vector256<short> even = Vector256.Create(c).AsInt16();
                Vector256<short> odd = Vector256.Create(Unsafe.Add(ref c, 1)).AsInt16();
                Vector256<short> at = Vector256.LoadUnsafe(ref x);
                e0 = MultiplyAdd(e0, at, even);
                o0 = MultiplyAdd(o0, at, odd);
                at = Vector256.LoadUnsafe(ref x, 16);
                e1 = MultiplyAdd(e1, at, even);
                o1 = MultiplyAdd(o1, at, odd);
                at = Vector256.LoadUnsafe(ref x, 32);
                e2 = MultiplyAdd(e2, at, even);
                o2 = MultiplyAdd(o2, at, odd);
                at = Vector256.LoadUnsafe(ref x, 48);
                e3 = MultiplyAdd(e3, at, even);
                o3 = MultiplyAdd(o3, at, odd);
                at = Vector256.LoadUnsafe(ref x, 64);
                e4 = MultiplyAdd(e4, at, even);
                o4 = MultiplyAdd(o4, at, odd);
                c = ref Unsafe.Add(ref c, step);
                x = ref Unsafe.Subtract(ref x, 2);
            }
        }

        Round(e0, o0).StoreUnsafe(ref destination);
        Round(e1, o1).StoreUnsafe(ref destination, 16);
        Round(e2, o2).StoreUnsafe(ref destination, 32);
        Round(e3, o3).StoreUnsafe(ref destination, 48);
        Round(e4, o4).StoreUnsafe(ref destination, 64);
    }

    /// <summary>In one instruction where there is one: the same sums, since none overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> MultiplyAdd(Vector256<int> sums, Vector256<short> samples, Vector256<short> pair) =>
        AvxVnni.IsSupported ? AvxVnni.MultiplyWideningAndAdd(sums, samples, pair) : sums + Avx2.MultiplyAddAdjacent(samples, pair);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Round(Vector256<int> even, Vector256<int> odd)
    {
        // Within 128-bit lanes: words 0..3 are even outputs, 4..7 odd ones.
        Vector256<byte> packed = Avx2.PackSignedSaturate(even >> FirPlan.FractionBits, odd >> FirPlan.FractionBits).AsByte();
        Vector128<byte> merge = Vector128.Create((byte)0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
        return Avx2.Shuffle(packed, Vector256.Create(merge, merge)).AsInt16();
    }
}
