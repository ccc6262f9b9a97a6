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
                MultiplyAdd(ref e0, ref o0, at, even, odd);
                at = Vector256.LoadUnsafe(ref x, 16);
                MultiplyAdd(ref e1, ref o1, at, even, odd);
                at = Vector256.LoadUnsafe(ref x, 32);
                MultiplyAdd(ref e2, ref o2, at, even, odd);
                at = Vector256.LoadUnsafe(ref x, 48);
                MultiplyAdd(ref e3, ref o3, at, even, odd);
                at = Vector256.LoadUnsafe(ref x, 64);
                MultiplyAdd(ref e4, ref o4, at, even, odd);
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

    /// <summary>In one instruction each where there is one: the same sums, since none overflows. Else both products before both additions: see <see cref="FirKernel"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd(ref Vector256<int> e, ref Vector256<int> o, Vector256<short> samples, Vector256<short> even, Vector256<short> odd)
    {
        if (AvxVnni.IsSupported)
        {
            e = AvxVnni.MultiplyWideningAndAdd(e, samples, even);
            o = AvxVnni.MultiplyWideningAndAdd(o, samples, odd);
            return;
        }

        Vector256<int> p = Avx2.MultiplyAddAdjacent(samples, even);
        Vector256<int> q = Avx2.MultiplyAddAdjacent(samples, odd);
        e += p;
        o += q;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Round(Vector256<int> even, Vector256<int> odd)
    {
        // Within 128-bit lanes: words 0..3 are even outputs, 4..7 odd ones.
        Vector256<byte> packed = Avx2.PackSignedSaturate(even >> FirPlan.FractionBits, odd >> FirPlan.FractionBits).AsByte();
        Vector128<byte> merge = Vector128.Create((byte)0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
        return Avx2.Shuffle(packed, Vector256.Create(merge, merge)).AsInt16();
    }
}
