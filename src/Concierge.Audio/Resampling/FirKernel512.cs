using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>The AVX-512 form. See <see cref="FirKernel"/>.</summary>
internal static class FirKernel512
{
    /// <summary>Output pairs of one wide step: five vectors of even and five of odd outputs, ten accumulators in all, hide the latency of the multiply-adds.</summary>
    private const int Wide = 5 * 16;

    /// <summary>Adds one filter's products to the sums (or, fresh, to zero) of <paramref name="pairs"/> output pairs, rounded up to 16.</summary>
    public static void Accumulate(bool fresh, ref float even, ref float odd, nuint first, ref float taps, nuint tapPairs, ref float sumEven, ref float sumOdd, nuint pairs)
    {
        nuint i = 0;
        for (; i + Wide <= pairs; i += Wide)
        {
            Five(fresh, ref even, ref odd, first + i, ref taps, tapPairs, ref Unsafe.Add(ref sumEven, i), ref Unsafe.Add(ref sumOdd, i));
        }

        for (; i < pairs; i += 16)
        {
            One(fresh, ref even, ref odd, first + i, ref taps, tapPairs, ref Unsafe.Add(ref sumEven, i), ref Unsafe.Add(ref sumOdd, i));
        }
    }

    /// <summary>The odd stream's vectors of one tap pair are the next pair's, one sample back: they stay in registers.</summary>
    private static void Five(bool fresh, ref float even, ref float odd, nuint first, ref float taps, nuint tapPairs, ref float sumEven, ref float sumOdd)
    {
        Vector512<float> e0 = fresh ? Vector512<float>.Zero : Vector512.LoadUnsafe(ref sumEven);
        Vector512<float> o0 = fresh ? Vector512<float>.Zero : Vector512.LoadUnsafe(ref sumOdd);
        Vector512<float> e1 = fresh ? Vector512<float>.Zero : Vector512.LoadUnsafe(ref sumEven, 16);
        Vector512<float> o1 = fresh ? Vector512<float>.Zero : Vector512.LoadUnsafe(ref sumOdd, 16);
        Vector512<float> e2 = fresh ? Vector512<float>.Zero : Vector512.LoadUnsafe(ref sumEven, 32);
        Vector512<float> o2 = fresh ? Vector512<float>.Zero : Vector512.LoadUnsafe(ref sumOdd, 32);
        Vector512<float> e3 = fresh ? Vector512<float>.Zero : Vector512.LoadUnsafe(ref sumEven, 48);
        Vector512<float> o3 = fresh ? Vector512<float>.Zero : Vector512.LoadUnsafe(ref sumOdd, 48);
        Vector512<float> e4 = fresh ? Vector512<float>.Zero : Vector512.LoadUnsafe(ref sumEven, 64);
        Vector512<float> o4 = fresh ? Vector512<float>.Zero : Vector512.LoadUnsafe(ref sumOdd, 64);
        Vector512<float> y0 = Vector512.LoadUnsafe(ref odd, first);
        Vector512<float> y1 = Vector512.LoadUnsafe(ref odd, first + 16);
        Vector512<float> y2 = Vector512.LoadUnsafe(ref odd, first + 32);
        Vector512<float> y3 = Vector512.LoadUnsafe(ref odd, first + 48);
        Vector512<float> y4 = Vector512.LoadUnsafe(ref odd, first + 64);
        for (nuint j = 0; j < tapPairs; j++)
        {
            nuint at = first - j;
            Vector512<float> c0 = Vector512.Create(Unsafe.Add(ref taps, 2 * j));
            Vector512<float> c1 = Vector512.Create(Unsafe.Add(ref taps, (2 * j) + 1));
            Vector512<float> x;
            x = Vector512.LoadUnsafe(ref even, at);
            e0 = Avx512F.FusedMultiplyAdd(x, c0, e0);
            o0 = Avx512F.FusedMultiplyAdd(y0, c0, o0);
            y0 = Vector512.LoadUnsafe(ref odd, at - 1);
            e0 = Avx512F.FusedMultiplyAdd(y0, c1, e0);
            o0 = Avx512F.FusedMultiplyAdd(x, c1, o0);
            x = Vector512.LoadUnsafe(ref even, at + 16);
            e1 = Avx512F.FusedMultiplyAdd(x, c0, e1);
            o1 = Avx512F.FusedMultiplyAdd(y1, c0, o1);
            y1 = Vector512.LoadUnsafe(ref odd, at + 16 - 1);
            e1 = Avx512F.FusedMultiplyAdd(y1, c1, e1);
            o1 = Avx512F.FusedMultiplyAdd(x, c1, o1);
            x = Vector512.LoadUnsafe(ref even, at + 32);
            e2 = Avx512F.FusedMultiplyAdd(x, c0, e2);
            o2 = Avx512F.FusedMultiplyAdd(y2, c0, o2);
            y2 = Vector512.LoadUnsafe(ref odd, at + 32 - 1);
            e2 = Avx512F.FusedMultiplyAdd(y2, c1, e2);
            o2 = Avx512F.FusedMultiplyAdd(x, c1, o2);
            x = Vector512.LoadUnsafe(ref even, at + 48);
            e3 = Avx512F.FusedMultiplyAdd(x, c0, e3);
            o3 = Avx512F.FusedMultiplyAdd(y3, c0, o3);
            y3 = Vector512.LoadUnsafe(ref odd, at + 48 - 1);
            e3 = Avx512F.FusedMultiplyAdd(y3, c1, e3);
            o3 = Avx512F.FusedMultiplyAdd(x, c1, o3);
            x = Vector512.LoadUnsafe(ref even, at + 64);
            e4 = Avx512F.FusedMultiplyAdd(x, c0, e4);
            o4 = Avx512F.FusedMultiplyAdd(y4, c0, o4);
            y4 = Vector512.LoadUnsafe(ref odd, at + 64 - 1);
            e4 = Avx512F.FusedMultiplyAdd(y4, c1, e4);
            o4 = Avx512F.FusedMultiplyAdd(x, c1, o4);
        }

        e0.StoreUnsafe(ref sumEven);
        o0.StoreUnsafe(ref sumOdd);
        e1.StoreUnsafe(ref sumEven, 16);
        o1.StoreUnsafe(ref sumOdd, 16);
        e2.StoreUnsafe(ref sumEven, 32);
        o2.StoreUnsafe(ref sumOdd, 32);
        e3.StoreUnsafe(ref sumEven, 48);
        o3.StoreUnsafe(ref sumOdd, 48);
        e4.StoreUnsafe(ref sumEven, 64);
        o4.StoreUnsafe(ref sumOdd, 64);
    }

    private static void One(bool fresh, ref float even, ref float odd, nuint first, ref float taps, nuint tapPairs, ref float sumEven, ref float sumOdd)
    {
        Vector512<float> e0 = fresh ? Vector512<float>.Zero : Vector512.LoadUnsafe(ref sumEven);
        Vector512<float> o0 = fresh ? Vector512<float>.Zero : Vector512.LoadUnsafe(ref sumOdd);
        for (nuint j = 0; j < tapPairs; j++)
        {
            nuint at = first - j;
            Vector512<float> c0 = Vector512.Create(Unsafe.Add(ref taps, 2 * j));
            Vector512<float> c1 = Vector512.Create(Unsafe.Add(ref taps, (2 * j) + 1));
            Vector512<float> x = Vector512.LoadUnsafe(ref even, at);
            Vector512<float> y = Vector512.LoadUnsafe(ref odd, at);
            e0 = Avx512F.FusedMultiplyAdd(x, c0, e0);
            o0 = Avx512F.FusedMultiplyAdd(y, c0, o0);
            e0 = Avx512F.FusedMultiplyAdd(Vector512.LoadUnsafe(ref odd, at - 1), c1, e0);
            o0 = Avx512F.FusedMultiplyAdd(x, c1, o0);
        }

        e0.StoreUnsafe(ref sumEven);
        o0.StoreUnsafe(ref sumOdd);
    }
}
