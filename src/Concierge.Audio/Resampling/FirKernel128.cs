using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Concierge.Audio;

/// <summary>The 128-bit form: FMA where the processor has it (x86 with FMA, Arm), else a multiplication and an addition. See <see cref="FirKernel"/>.</summary>
internal static class FirKernel128
{
    /// <summary>Output pairs of one wide step: five vectors of even and five of odd outputs, ten accumulators in all, hide the latency of the multiply-adds.</summary>
    private const int Wide = 5 * 4;

    /// <summary>Adds one filter's products to the sums (or, fresh, to zero) of <paramref name="pairs"/> output pairs, rounded up to 4.</summary>
    public static void Accumulate(bool fresh, ref float even, ref float odd, nuint first, ref float taps, nuint tapPairs, ref float sumEven, ref float sumOdd, nuint pairs)
    {
        nuint i = 0;
        for (; i + Wide <= pairs; i += Wide)
        {
            Five(fresh, ref even, ref odd, first + i, ref taps, tapPairs, ref Unsafe.Add(ref sumEven, i), ref Unsafe.Add(ref sumOdd, i));
        }

        for (; i < pairs; i += 4)
        {
            One(fresh, ref even, ref odd, first + i, ref taps, tapPairs, ref Unsafe.Add(ref sumEven, i), ref Unsafe.Add(ref sumOdd, i));
        }
    }

    private static void Five(bool fresh, ref float even, ref float odd, nuint first, ref float taps, nuint tapPairs, ref float sumEven, ref float sumOdd)
    {
        Vector128<float> e0 = fresh ? Vector128<float>.Zero : Vector128.LoadUnsafe(ref sumEven);
        Vector128<float> e1 = fresh ? Vector128<float>.Zero : Vector128.LoadUnsafe(ref sumEven, 4);
        Vector128<float> e2 = fresh ? Vector128<float>.Zero : Vector128.LoadUnsafe(ref sumEven, 8);
        Vector128<float> e3 = fresh ? Vector128<float>.Zero : Vector128.LoadUnsafe(ref sumEven, 12);
        Vector128<float> e4 = fresh ? Vector128<float>.Zero : Vector128.LoadUnsafe(ref sumEven, 16);
        Vector128<float> o0 = fresh ? Vector128<float>.Zero : Vector128.LoadUnsafe(ref sumOdd);
        Vector128<float> o1 = fresh ? Vector128<float>.Zero : Vector128.LoadUnsafe(ref sumOdd, 4);
        Vector128<float> o2 = fresh ? Vector128<float>.Zero : Vector128.LoadUnsafe(ref sumOdd, 8);
        Vector128<float> o3 = fresh ? Vector128<float>.Zero : Vector128.LoadUnsafe(ref sumOdd, 12);
        Vector128<float> o4 = fresh ? Vector128<float>.Zero : Vector128.LoadUnsafe(ref sumOdd, 16);
        for (nuint j = 0; j < tapPairs; j++)
        {
            nuint at = first - j;
            Vector128<float> c0 = Vector128.Create(Unsafe.Add(ref taps, 2 * j));
            Vector128<float> c1 = Vector128.Create(Unsafe.Add(ref taps, (2 * j) + 1));
            Vector128<float> x;
            Vector128<float> y;
            x = Vector128.LoadUnsafe(ref even, at);
            y = Vector128.LoadUnsafe(ref odd, at);
            e0 = Vector128.MultiplyAddEstimate(x, c0, e0);
            o0 = Vector128.MultiplyAddEstimate(y, c0, o0);
            e0 = Vector128.MultiplyAddEstimate(Vector128.LoadUnsafe(ref odd, at - 1), c1, e0);
            o0 = Vector128.MultiplyAddEstimate(x, c1, o0);
            x = Vector128.LoadUnsafe(ref even, at + 4);
            y = Vector128.LoadUnsafe(ref odd, at + 4);
            e1 = Vector128.MultiplyAddEstimate(x, c0, e1);
            o1 = Vector128.MultiplyAddEstimate(y, c0, o1);
            e1 = Vector128.MultiplyAddEstimate(Vector128.LoadUnsafe(ref odd, at + 4 - 1), c1, e1);
            o1 = Vector128.MultiplyAddEstimate(x, c1, o1);
            x = Vector128.LoadUnsafe(ref even, at + 8);
            y = Vector128.LoadUnsafe(ref odd, at + 8);
            e2 = Vector128.MultiplyAddEstimate(x, c0, e2);
            o2 = Vector128.MultiplyAddEstimate(y, c0, o2);
            e2 = Vector128.MultiplyAddEstimate(Vector128.LoadUnsafe(ref odd, at + 8 - 1), c1, e2);
            o2 = Vector128.MultiplyAddEstimate(x, c1, o2);
            x = Vector128.LoadUnsafe(ref even, at + 12);
            y = Vector128.LoadUnsafe(ref odd, at + 12);
            e3 = Vector128.MultiplyAddEstimate(x, c0, e3);
            o3 = Vector128.MultiplyAddEstimate(y, c0, o3);
            e3 = Vector128.MultiplyAddEstimate(Vector128.LoadUnsafe(ref odd, at + 12 - 1), c1, e3);
            o3 = Vector128.MultiplyAddEstimate(x, c1, o3);
            x = Vector128.LoadUnsafe(ref even, at + 16);
            y = Vector128.LoadUnsafe(ref odd, at + 16);
            e4 = Vector128.MultiplyAddEstimate(x, c0, e4);
            o4 = Vector128.MultiplyAddEstimate(y, c0, o4);
            e4 = Vector128.MultiplyAddEstimate(Vector128.LoadUnsafe(ref odd, at + 16 - 1), c1, e4);
            o4 = Vector128.MultiplyAddEstimate(x, c1, o4);
        }

        e0.StoreUnsafe(ref sumEven);
        o0.StoreUnsafe(ref sumOdd);
        e1.StoreUnsafe(ref sumEven, 4);
        o1.StoreUnsafe(ref sumOdd, 4);
        e2.StoreUnsafe(ref sumEven, 8);
        o2.StoreUnsafe(ref sumOdd, 8);
        e3.StoreUnsafe(ref sumEven, 12);
        o3.StoreUnsafe(ref sumOdd, 12);
        e4.StoreUnsafe(ref sumEven, 16);
        o4.StoreUnsafe(ref sumOdd, 16);
    }

    private static void One(bool fresh, ref float even, ref float odd, nuint first, ref float taps, nuint tapPairs, ref float sumEven, ref float sumOdd)
    {
        Vector128<float> e0 = fresh ? Vector128<float>.Zero : Vector128.LoadUnsafe(ref sumEven);
        Vector128<float> o0 = fresh ? Vector128<float>.Zero : Vector128.LoadUnsafe(ref sumOdd);
        for (nuint j = 0; j < tapPairs; j++)
        {
            nuint at = first - j;
            Vector128<float> c0 = Vector128.Create(Unsafe.Add(ref taps, 2 * j));
            Vector128<float> c1 = Vector128.Create(Unsafe.Add(ref taps, (2 * j) + 1));
            Vector128<float> x = Vector128.LoadUnsafe(ref even, at);
            Vector128<float> y = Vector128.LoadUnsafe(ref odd, at);
            e0 = Vector128.MultiplyAddEstimate(x, c0, e0);
            o0 = Vector128.MultiplyAddEstimate(y, c0, o0);
            e0 = Vector128.MultiplyAddEstimate(Vector128.LoadUnsafe(ref odd, at - 1), c1, e0);
            o0 = Vector128.MultiplyAddEstimate(x, c1, o0);
        }

        e0.StoreUnsafe(ref sumEven);
        o0.StoreUnsafe(ref sumOdd);
    }
}
