using System.Numerics;
using System.Runtime.InteropServices;

namespace Concierge.Audio;

/// <summary>What the two laws share: both codes carry a magnitude in seven bits, in the order of the linear magnitudes once the law's inversions are undone.</summary>
internal static class CompandedLevel
{
    /// <summary>The largest seven-bit magnitude.</summary>
    /// <param name="codes">Codes of one law.</param>
    /// <param name="inversion">The law's: the code of +0, so that the exclusive or is the magnitude.</param>
    public static int Largest(ReadOnlySpan<byte> codes, byte inversion)
    {
        int largest = 0;
        int i = 0;
        if (Vector.IsHardwareAccelerated && codes.Length >= Vector<byte>.Count)
        {
            ref byte from = ref MemoryMarshal.GetReference(codes);
            Vector<byte> most = Vector<byte>.Zero;
            for (; i <= codes.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            {
                most = Vector.Max(most, (Vector.LoadUnsafe(ref from, (nuint)i) ^ new Vector<byte>(inversion)) & new Vector<byte>(0x7F));
            }

            for (int lane = 0; lane < Vector<byte>.Count; lane++)
            {
                largest = Math.Max(largest, most[lane]);
            }
        }

        for (; i < codes.Length; i++)
        {
            largest = Math.Max(largest, (codes[i] ^ inversion) & 0x7F);
        }

        return largest;
    }
}
