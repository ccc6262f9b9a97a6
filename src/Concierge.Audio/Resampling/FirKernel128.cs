using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>The 128-bit form: SSSE3, or AdvSimd. See <see cref="FirKernel"/>.</summary>
internal static class FirKernel128
{
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => SimdSupport.Has128 && BitConverter.IsLittleEndian;
    }

    /// <summary>Gives 160 samples: five vectors at a time.</summary>
    public static void Run(FirPlan plan, int output, ref short samples, ref short destination)
    {
        for (int i = 0; i < FirKernel.Outputs; i += 5 * Vector128<short>.Count)
        {
            Five(plan, output, ref Unsafe.Add(ref samples, i), ref Unsafe.Add(ref destination, i));
        }
    }

    private static void Five(FirPlan plan, int output, ref short samples, ref short destination)
    {
        Vector128<int> e0 = Vector128.Create(plan.Rounding);
        Vector128<int> e1 = e0;
        Vector128<int> e2 = e0;
        Vector128<int> e3 = e0;
        Vector128<int> e4 = e0;
        Vector128<int> o0 = e0;
        Vector128<int> o1 = e0;
        Vector128<int> o2 = e0;
        Vector128<int> o3 = e0;
        Vector128<int> o4 = e0;
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
                Vector128<short> even = Vector128.Create(c).AsInt16();
                Vector128<short> odd = Vector128.Create(Unsafe.Add(ref c, 1)).AsInt16();
                Vector128<short> at = Vector128.LoadUnsafe(ref x);
                e0 += MultiplyAdd(at, even);
                o0 += MultiplyAdd(at, odd);
                at = Vector128.LoadUnsafe(ref x, 8);
                e1 += MultiplyAdd(at, even);
                o1 += MultiplyAdd(at, odd);
                at = Vector128.LoadUnsafe(ref x, 16);
                e2 += MultiplyAdd(at, even);
                o2 += MultiplyAdd(at, odd);
                at = Vector128.LoadUnsafe(ref x, 24);
                e3 += MultiplyAdd(at, even);
                o3 += MultiplyAdd(at, odd);
                at = Vector128.LoadUnsafe(ref x, 32);
                e4 += MultiplyAdd(at, even);
                o4 += MultiplyAdd(at, odd);
                c = ref Unsafe.Add(ref c, step);
                x = ref Unsafe.Subtract(ref x, 2);
            }
        }

        Round(e0, o0).StoreUnsafe(ref destination);
        Round(e1, o1).StoreUnsafe(ref destination, 8);
        Round(e2, o2).StoreUnsafe(ref destination, 16);
        Round(e3, o3).StoreUnsafe(ref destination, 24);
        Round(e4, o4).StoreUnsafe(ref destination, 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> MultiplyAdd(Vector128<short> samples, Vector128<short> pair) => Sse2.IsSupported
        ? Sse2.MultiplyAddAdjacent(samples, pair)
        : AdvSimd.Arm64.AddPairwise(AdvSimd.MultiplyWideningLower(samples.GetLower(), pair.GetLower()), AdvSimd.MultiplyWideningUpper(samples, pair));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Round(Vector128<int> even, Vector128<int> odd)
    {
        // Words 0..3 are even outputs, 4..7 odd ones.
        Vector128<byte> packed = Vector128.NarrowWithSaturation(even >> FirPlan.FractionBits, odd >> FirPlan.FractionBits).AsByte();
        return Vector128.Shuffle(packed, Vector128.Create((byte)0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15)).AsInt16();
    }
}
