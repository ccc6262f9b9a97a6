using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Protocols;

/// <content>
/// 64 letters at a time for processors with AVX-512 VBMI. Everything is whole groups of four letters; the last block overlaps the one before it, so that nothing is read or written beyond
/// what is there. Padding is the caller's.
/// </content>
public static partial class Base64Text
{
    private const int BlockLetters = 64, BlockOctets = 48;

    private static ReadOnlySpan<byte> Alphabet => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;

    /// <summary>By seven bits: the letter's six bits, or 0x80 for what is not of the alphabet, for one permute over two registers.</summary>
    private static ReadOnlySpan<byte> Sextets =>
    [
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 62, 0x80, 0x80, 0x80, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
        0x80, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 0x80, 0x80, 0x80, 0x80, 0x80,
        0x80, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 0x80, 0x80, 0x80, 0x80, 0x80,
    ];

    /// <summary>Octets a b c of each group as b a c b, so that each letter's six bits lie within 16 bits of one another.</summary>
    private static ReadOnlySpan<byte> Spread =>
    [
        1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 13, 12, 14, 13, 16, 15, 17, 16, 19, 18, 20, 19, 22, 21, 23, 22,
        25, 24, 26, 25, 28, 27, 29, 28, 31, 30, 32, 31, 34, 33, 35, 34, 37, 36, 38, 37, 40, 39, 41, 40, 43, 42, 44, 43, 46, 45, 47, 46,
    ];

    /// <summary>The three octets of each 32-bit group, highest first.</summary>
    private static ReadOnlySpan<byte> Gather =>
    [
        2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 18, 17, 16, 22, 21, 20, 26, 25, 24, 30, 29, 28, 34, 33, 32, 38, 37, 36, 42, 41,
        40, 46, 45, 44, 50, 49, 48, 54, 53, 52, 58, 57, 56, 62, 61, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>Encodes <paramref name="octets"/>, a multiple of 3 and at least 48, and masks on the way. At least 64 can be read, and at most two of them are not encoded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EncodeVbmi(ref byte source, int readable, int octets, ref byte destination, uint maskKey)
    {
        Debug.Assert(octets % 3 == 0 && octets >= BlockOctets && readable - octets is >= 0 and < 3 && readable >= BlockLetters, "a block can be read and written");
        Vector512<byte> spread = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(Spread));
        Vector512<byte> alphabet = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(Alphabet));
        Vector512<byte> mask = Vector512.Create(maskKey).AsByte();
        int at = 0;
        for (nuint to = 0; at <= readable - BlockLetters; at += BlockOctets, to += BlockLetters)
        {
            (Letters(Vector512.LoadUnsafe(ref source, (nuint)at), spread, alphabet) ^ mask).StoreUnsafe(ref destination, to);
        }

        // One or two blocks are left, too near the end to be read from their own first octet.
        int last = octets - BlockOctets;
        for (at = Math.Min(at, last); ; at = last)
        {
            int from = Math.Min(at, readable - BlockLetters);
            Vector512<byte> shifted = spread + Vector512.Create((byte)(at - from));
            (Letters(Vector512.LoadUnsafe(ref source, (nuint)from), shifted, alphabet) ^ mask).StoreUnsafe(ref destination, (nuint)(at / 3 * 4));
            if (at == last)
            {
                break;
            }
        }
    }

    /// <summary>The shifts bring each letter's six bits to the bottom of its byte; the permute looks at no others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Letters(Vector512<byte> block, Vector512<byte> spread, Vector512<byte> alphabet)
    {
        Vector512<byte> sextets = Avx512Vbmi.MultiShift(Vector512.Create(0x3036_242A_1016_040AUL).AsByte(), Avx512Vbmi.PermuteVar64x8(block, spread).AsUInt64());
        return Avx512Vbmi.PermuteVar64x8(alphabet, sextets);
    }

    /// <summary>Decodes <paramref name="letters"/>, a multiple of 4 and at least 64.</summary>
    /// <returns>Whether all of them are of the alphabet; what was written is undefined otherwise.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool DecodeVbmi(ref byte source, int letters, ref byte destination)
    {
        Debug.Assert(letters % 4 == 0 && letters >= BlockLetters, "a block can be read and written");
        Vector512<byte> lower = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(Sextets));
        Vector512<byte> upper = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(Sextets), BlockLetters);
        Vector512<byte> gather = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(Gather));
        Vector512<byte> others = Vector512<byte>.Zero;
        int last = letters - BlockLetters;
        int at = 0;

        // A block's 16 octets too many are written over by the next; 88 letters and more make room for them.
        for (nuint to = 0; at <= letters - 88; at += BlockLetters, to += BlockOctets)
        {
            Octets(Vector512.LoadUnsafe(ref source, (nuint)at), lower, upper, gather, ref others).StoreUnsafe(ref destination, to);
        }

        for (at = Math.Min(at, last); ; at = last)
        {
            Vector512<byte> octets = Octets(Vector512.LoadUnsafe(ref source, (nuint)at), lower, upper, gather, ref others);
            octets.GetLower().StoreUnsafe(ref destination, (nuint)(at / 4 * 3));
            octets.GetUpper().GetLower().StoreUnsafe(ref destination, (nuint)(at / 4 * 3) + 32);
            if (at == last)
            {
                break;
            }
        }

        return others.ExtractMostSignificantBits() == 0;
    }

    /// <summary>Four letters of six bits: two and two become 12 bits, those 24.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Octets(Vector512<byte> block, Vector512<byte> lower, Vector512<byte> upper, Vector512<byte> gather, ref Vector512<byte> others)
    {
        Vector512<byte> sextets = Avx512Vbmi.PermuteVar64x8x2(lower, block, upper);
        others |= block | sextets;
        Vector512<short> pairs = Avx512BW.MultiplyAddAdjacent(sextets, Vector512.Create(0x0140_0140).AsSByte());
        Vector512<int> groups = Avx512BW.MultiplyAddAdjacent(pairs, Vector512.Create(0x0001_1000).AsInt16());
        return Avx512Vbmi.PermuteVar64x8(groups.AsByte(), gather);
    }
}
