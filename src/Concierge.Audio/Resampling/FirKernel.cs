using System.Runtime.CompilerServices;

namespace Concierge.Audio;

/// <summary>
/// The inner loop of all rate conversions: an FIR over a stream that lies split into its even and its odd samples, which yields its even and odd outputs.
/// </summary>
/// <remarks>
/// <para>Each loaded vector serves two outputs, so the loads keep up with the multiply-adds: with taps c and streams e, o</para>
/// <para>even[i] += c[2j] e[i-j] + c[2j+1] o[i-j-1]; odd[i] += c[2j] o[i-j] + c[2j+1] e[i-j].</para>
/// <para>Every output's products are added one by one in the order of the taps, on every rung and wherever the output falls in a block: that is what makes the result independent of how
/// the input is split, and equal on all rungs that fuse multiplication and addition. Sums are read from and written back to memory, so that branches of a decimator add up.</para>
/// </remarks>
internal static class FirKernel
{
    /// <summary>How far beyond the last pair the vector forms read and write: all buffers need so many elements more.</summary>
    public const int Slack = 16;

    /// <summary>Runs on no higher rung than the one given.</summary>
    /// <param name="level">The rung.</param>
    /// <param name="fresh">True: the sums start from zero; what they held is not read.</param>
    /// <param name="even">Even samples; element <paramref name="first"/> belongs to output pair 0.</param>
    /// <param name="odd">Odd samples, likewise.</param>
    /// <param name="first">At least <paramref name="tapPairs"/>.</param>
    /// <param name="taps">Coefficients, that of the newest sample first.</param>
    /// <param name="tapPairs">Half the number of coefficients.</param>
    /// <param name="sumEven">Sums of the even outputs, with slack.</param>
    /// <param name="sumOdd">Sums of the odd outputs, with slack.</param>
    /// <param name="pairs">Output pairs.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(SimdLevel level, bool fresh, ref float even, ref float odd, nuint first, ref float taps, nuint tapPairs, ref float sumEven, ref float sumOdd, nuint pairs)
    {
        if (level >= SimdLevel.Vector512 && SimdSupport.Has512)
        {
            FirKernel512.Accumulate(fresh, ref even, ref odd, first, ref taps, tapPairs, ref sumEven, ref sumOdd, pairs);
        }
        else if (level >= SimdLevel.Vector256 && SimdSupport.Has256)
        {
            FirKernel256.Accumulate(fresh, ref even, ref odd, first, ref taps, tapPairs, ref sumEven, ref sumOdd, pairs);
        }
        else if (level >= SimdLevel.Vector128 && SimdSupport.Has128)
        {
            FirKernel128.Accumulate(fresh, ref even, ref odd, first, ref taps, tapPairs, ref sumEven, ref sumOdd, pairs);
        }
        else
        {
            Scalar(fresh, ref even, ref odd, first, ref taps, tapPairs, ref sumEven, ref sumOdd, pairs);
        }
    }

    private static void Scalar(bool fresh, ref float even, ref float odd, nuint first, ref float taps, nuint tapPairs, ref float sumEven, ref float sumOdd, nuint pairs)
    {
        for (nuint i = 0; i < pairs; i++)
        {
            float e = fresh ? 0 : Unsafe.Add(ref sumEven, i);
            float o = fresh ? 0 : Unsafe.Add(ref sumOdd, i);
            for (nuint j = 0; j < tapPairs; j++)
            {
                nuint at = first + i - j;
                float c0 = Unsafe.Add(ref taps, 2 * j);
                float c1 = Unsafe.Add(ref taps, (2 * j) + 1);
                float x = Unsafe.Add(ref even, at);
                e = float.MultiplyAddEstimate(x, c0, e);
                o = float.MultiplyAddEstimate(Unsafe.Add(ref odd, at), c0, o);
                e = float.MultiplyAddEstimate(Unsafe.Add(ref odd, at - 1), c1, e);
                o = float.MultiplyAddEstimate(x, c1, o);
            }

            Unsafe.Add(ref sumEven, i) = e;
            Unsafe.Add(ref sumOdd, i) = o;
        }
    }
}
