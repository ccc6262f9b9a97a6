using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>The AVX-512 form. See <see cref="FirKernel"/>.</summary>
/// <remarks>No calls, not even of a property: no vector register outlives one, so that every sum would be put to the stack for each pair.</remarks>
internal static class FirKernel512
{
    /// <summary>Gives 160 samples: five vectors.</summary>
    public static void Run(FirPlan plan, int output, ref short samples, ref short destination)
    {
        Vector512<int> e0 = Vector512.Create(plan.Rounding);
        Vector512<int> e1 = e0;
        Vector512<int> e2 = e0;
        Vector512<int> e3 = e0;
        Vector512<int> e4 = e0;
        Vector512<int> o0 = e0;
        Vector512<int> o1 = e0;
        Vector512<int> o2 = e0;
        Vector512<int> o3 = e0;
        Vector512<int> o4 = e0;
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
            ref int end = ref Unsafe.Add(ref c, step * segments[s].Pairs);
            do
            {
                Vector512<short> even = Vector512.Create(c).AsInt16();
                Vector512<short> odd = Vector512.Create(Unsafe.Add(ref c, 1)).AsInt16();
                Vector512<short> at = Vector512.LoadUnsafe(ref x);
                Vector512<int> p = Avx512BW.MultiplyAddAdjacent(at, even);
                Vector512<int> q = Avx512BW.MultiplyAddAdjacent(at, odd);
                at = Vector512.LoadUnsafe(ref x, 32);
                Vector512<int> r = Avx512BW.MultiplyAddAdjacent(at, even);
                e0 += p;
                o0 += q;
                p = Avx512BW.MultiplyAddAdjacent(at, odd);
                e1 += r;
                o1 += p;
                at = Vector512.LoadUnsafe(ref x, 64);
                p = Avx512BW.MultiplyAddAdjacent(at, even);
                q = Avx512BW.MultiplyAddAdjacent(at, odd);
                at = Vector512.LoadUnsafe(ref x, 96);
                r = Avx512BW.MultiplyAddAdjacent(at, even);
                e2 += p;
                o2 += q;
                p = Avx512BW.MultiplyAddAdjacent(at, odd);
                e3 += r;
                o3 += p;
                at = Vector512.LoadUnsafe(ref x, 128);
                p = Avx512BW.MultiplyAddAdjacent(at, even);
                q = Avx512BW.MultiplyAddAdjacent(at, odd);
                e4 += p;
                o4 += q;
                c = ref Unsafe.Add(ref c, step);
                x = ref Unsafe.Subtract(ref x, 2);
            }
            while (Unsafe.IsAddressLessThan(ref c, ref end));
        }

        Round(e0, o0).StoreUnsafe(ref destination);
        Round(e1, o1).StoreUnsafe(ref destination, 32);
        Round(e2, o2).StoreUnsafe(ref destination, 64);
        Round(e3, o3).StoreUnsafe(ref destination, 96);
        Round(e4, o4).StoreUnsafe(ref destination, 128);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Round(Vector512<int> even, Vector512<int> odd)
    {
        // Within 128-bit lanes: words 0..3 are even outputs, 4..7 odd ones.
        Vector512<byte> packed = Avx512BW.PackSignedSaturate(even >> FirPlan.FractionBits, odd >> FirPlan.FractionBits).AsByte();
        Vector512<byte> merge = Vector512.Create(Vector128.Create((byte)0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15));
        return Avx512BW.Shuffle(packed, merge).AsInt16();
    }
}
