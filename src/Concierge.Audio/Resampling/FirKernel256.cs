using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>The AVX2 and FMA form. See <see cref="FirKernel"/>.</summary>
internal static class FirKernel256
{
    /// <summary>Output pairs of one wide step: five vectors of even and five of odd outputs, ten accumulators in all, hide the latency of the multiply-adds.</summary>
    private const int Wide = 5 * 8;

    /// <summary>Adds one filter's products to the sums (or, fresh, to zero) of <paramref name="pairs"/> output pairs, rounded up to 8.</summary>
    public static void Accumulate(bool fresh, ref float even, ref float odd, nuint first, ref float taps, nuint tapPairs, ref float sumEven, ref float sumOdd, nuint pairs)
    {
        nuint i = 0;
        for (; i + Wide <= pairs; i += Wide)
        {
            Five(fresh, ref even, ref odd, first + i, ref taps, tapPairs, ref Unsafe.Add(ref sumEven, i), ref Unsafe.Add(ref sumOdd, i));
        }

        for (; i < pairs; i += 8)
        {
            One(fresh, ref even, ref odd, first + i, ref taps, tapPairs, ref Unsafe.Add(ref sumEven, i), ref Unsafe.Add(ref sumOdd, i));
        }
    }

    private static void Five(bool fresh, ref float even, ref float odd, nuint first, ref float taps, nuint tapPairs, ref float sumEven, ref float sumOdd)
    {
        Vector256<float> e0 = fresh ? Vector256<float>.Zero : Vector256.LoadUnsafe(ref sumEven);
        Vector256<float> e1 = fresh ? Vector256<float>.Zero : Vector256.LoadUnsafe(ref sumEven, 8);
        Vector256<float> e2 = fresh ? Vector256<float>.Zero : Vector256.LoadUnsafe(ref sumEven, 16);
        Vector256<float> e3 = fresh ? Vector256<float>.Zero : Vector256.LoadUnsafe(ref sumEven, 24);
        Vector256<float> e4 = fresh ? Vector256<float>.Zero : Vector256.LoadUnsafe(ref sumEven, 32);
        Vector256<float> o0 = fresh ? Vector256<float>.Zero : Vector256.LoadUnsafe(ref sumOdd);
        Vector256<float> o1 = fresh ? Vector256<float>.Zero : Vector256.LoadUnsafe(ref sumOdd, 8);
        Vector256<float> o2 = fresh ? Vector256<float>.Zero : Vector256.LoadUnsafe(ref sumOdd, 16);
        Vector256<float> o3 = fresh ? Vector256<float>.Zero : Vector256.LoadUnsafe(ref sumOdd, 24);
        Vector256<float> o4 = fresh ? Vector256<float>.Zero : Vector256.LoadUnsafe(ref sumOdd, 32);
        for (nuint j = 0; j < tapPairs; j++)
        {
            nuint at = first - j;
            Vector256<float> c0 = Vector256.Create(Unsafe.Add(ref taps, 2 * j));
            Vector256<float> c1 = Vector256.Create(Unsafe.Add(ref taps, (2 * j) + 1));
            Vector256<float> x;
            Vector256<float> y;
            x = Vector256.LoadUnsafe(ref even, at);
            y = Vector256.LoadUnsafe(ref odd, at);
            e0 = Fma.MultiplyAdd(x, c0, e0);
            o0 = Fma.MultiplyAdd(y, c0, o0);
            e0 = Fma.MultiplyAdd(Vector256.LoadUnsafe(ref odd, at - 1), c1, e0);
            o0 = Fma.MultiplyAdd(x, c1, o0);
            x = Vector256.LoadUnsafe(ref even, at + 8);
            y = Vector256.LoadUnsafe(ref odd, at + 8);
            e1 = Fma.MultiplyAdd(x, c0, e1);
            o1 = Fma.MultiplyAdd(y, c0, o1);
            e1 = Fma.MultiplyAdd(Vector256.LoadUnsafe(ref odd, at + 8 - 1), c1, e1);
            o1 = Fma.MultiplyAdd(x, c1, o1);
            x = Vector256.LoadUnsafe(ref even, at + 16);
            y = Vector256.LoadUnsafe(ref odd, at + 16);
            e2 = Fma.MultiplyAdd(x, c0, e2);
            o2 = Fma.MultiplyAdd(y, c0, o2);
            e2 = Fma.MultiplyAdd(Vector256.LoadUnsafe(ref odd, at + 16 - 1), c1, e2);
            o2 = Fma.MultiplyAdd(x, c1, o2);
            x = Vector256.LoadUnsafe(ref even, at + 24);
            y = Vector256.LoadUnsafe(ref odd, at + 24);
            e3 = Fma.MultiplyAdd(x, c0, e3);
            o3 = Fma.MultiplyAdd(y, c0, o3);
            e3 = Fma.MultiplyAdd(Vector256.LoadUnsafe(ref odd, at + 24 - 1), c1, e3);
            o3 = Fma.MultiplyAdd(x, c1, o3);
            x = Vector256.LoadUnsafe(ref even, at + 32);
            y = Vector256.LoadUnsafe(ref odd, at + 32);
            e4 = Fma.MultiplyAdd(x, c0, e4);
            o4 = Fma.MultiplyAdd(y, c0, o4);
            e4 = Fma.MultiplyAdd(Vector256.LoadUnsafe(ref odd, at + 32 - 1), c1, e4);
            o4 = Fma.MultiplyAdd(x, c1, o4);
        }

        e0.StoreUnsafe(ref sumEven);
        o0.StoreUnsafe(ref sumOdd);
        e1.StoreUnsafe(ref sumEven, 8);
        o1.StoreUnsafe(ref sumOdd, 8);
        e2.StoreUnsafe(ref sumEven, 16);
        o2.StoreUnsafe(ref sumOdd, 16);
        e3.StoreUnsafe(ref sumEven, 24);
        o3.StoreUnsafe(ref sumOdd, 24);
        e4.StoreUnsafe(ref sumEven, 32);
        o4.StoreUnsafe(ref sumOdd, 32);
    }

    private static void One(bool fresh, ref float even, ref float odd, nuint first, ref float taps, nuint tapPairs, ref float sumEven, ref float sumOdd)
    {
        Vector256<float> e0 = fresh ? Vector256<float>.Zero : Vector256.LoadUnsafe(ref sumEven);
        Vector256<float> o0 = fresh ? Vector256<float>.Zero : Vector256.LoadUnsafe(ref sumOdd);
        for (nuint j = 0; j < tapPairs; j++)
        {
            nuint at = first - j;
            Vector256<float> c0 = Vector256.Create(Unsafe.Add(ref taps, 2 * j));
            Vector256<float> c1 = Vector256.Create(Unsafe.Add(ref taps, (2 * j) + 1));
            Vector256<float> x = Vector256.LoadUnsafe(ref even, at);
            Vector256<float> y = Vector256.LoadUnsafe(ref odd, at);
            e0 = Fma.MultiplyAdd(x, c0, e0);
            o0 = Fma.MultiplyAdd(y, c0, o0);
            e0 = Fma.MultiplyAdd(Vector256.LoadUnsafe(ref odd, at - 1), c1, e0);
            o0 = Fma.MultiplyAdd(x, c1, o0);
        }

        e0.StoreUnsafe(ref sumEven);
        o0.StoreUnsafe(ref sumOdd);
    }
}
