using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>Direct conversion between the laws: ITU-T G.711 (11/1988) tables 3 and 4, by decision value number, without a linear sample in between.</summary>
internal static class G711Conversion
{
    // Mu-law character number 0..127 to A-law 1..128 (table 3), and back (table 4).
    private static ReadOnlySpan<byte> MuToA =>
    [
        1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
        25, 27, 29, 31, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 46, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62,
        64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96,
        97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128,
    ];

    private static ReadOnlySpan<byte> AToMu =>
    [
        1, 3, 5, 7, 9, 11, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 32, 33, 33, 34, 34, 35, 35,
        36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 48, 49, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 64,
        65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95,
        96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127,
    ];

    // Indexed by the magnitude bits of the code; the values are magnitude bits too, so that the sign bit is carried over as it is.
    private static readonly byte[] s_muToA = Fill(bits => (byte)((MuToA[~bits & 0x7F] - 1) ^ 0x55));

    // Table 4 is indexed by the A-law number, its values count mu-law numbers from 0.
    private static readonly byte[] s_aToMu = Fill(bits => (byte)(0x7F - AToMu[bits ^ 0x55]));

    public static void MuLawToALaw(SimdLevel level, ReadOnlySpan<byte> source, Span<byte> destination) => Look(level, source, destination, s_muToA);

    public static void ALawToMuLaw(SimdLevel level, ReadOnlySpan<byte> source, Span<byte> destination) => Look(level, source, destination, s_aToMu);

    private static byte[] Fill(Func<int, byte> convert)
    {
        var table = new byte[128];
        for (int bits = 0; bits < table.Length; bits++)
        {
            table[bits] = convert(bits);
        }

        return table;
    }

    private static void Look(SimdLevel level, ReadOnlySpan<byte> source, Span<byte> destination, byte[] table)
    {
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        ref byte row = ref MemoryMarshal.GetArrayDataReference(table);
        int i = 0;
        if (level >= SimdLevel.Vector512Vbmi && SimdSupport.HasVbmi)
        {
            for (; i <= source.Length - 64; i += 64)
            {
                Vector512<byte> codes = Vector512.LoadUnsafe(ref from, (nuint)i);
                Vector512<byte> bits = Avx512Vbmi.PermuteVar64x8x2(Vector512.LoadUnsafe(ref row), codes, Vector512.LoadUnsafe(ref row, 64));
                Vector512.ConditionalSelect(Vector512.Create((byte)0x80), codes, bits).StoreUnsafe(ref to, (nuint)i);
            }
        }
        else if (level >= SimdLevel.Vector512 && SimdSupport.Has512)
        {
            for (; i <= source.Length - 64; i += 64)
            {
                Look512(Vector512.LoadUnsafe(ref from, (nuint)i), ref row).StoreUnsafe(ref to, (nuint)i);
            }
        }

        if (level >= SimdLevel.Vector256 && SimdSupport.Has256)
        {
            for (; i <= source.Length - 32; i += 32)
            {
                Look256(Vector256.LoadUnsafe(ref from, (nuint)i), ref row).StoreUnsafe(ref to, (nuint)i);
            }
        }

        if (level >= SimdLevel.Vector128 && SimdSupport.Has128)
        {
            for (; i <= source.Length - 16; i += 16)
            {
                Look128(Vector128.LoadUnsafe(ref from, (nuint)i), ref row).StoreUnsafe(ref to, (nuint)i);
            }
        }

        for (; i < source.Length; i++)
        {
            byte code = source[i];
            destination[i] = (byte)((code & 0x80) | table[code & 0x7F]);
        }
    }

    // The table's eight rows of sixteen, one shuffle each. An index outside the row must read as zero: it has its top bit set after 16 r is taken off and 0x70 is added, saturating.
    private static Vector512<byte> Look512(Vector512<byte> codes, ref byte row)
    {
        Vector512<byte> index = codes & Vector512.Create((byte)0x7F);
        Vector512<byte> bits = Vector512<byte>.Zero;
        for (byte r = 0; r < 8; r++)
        {
            Vector128<byte> entries = Vector128.LoadUnsafe(ref row, (nuint)(16 * r));
            Vector512<byte> within = Avx512BW.AddSaturate(index - Vector512.Create((byte)(16 * r)), Vector512.Create((byte)0x70));
            bits |= Avx512BW.Shuffle(Vector512.Create(Vector256.Create(entries, entries), Vector256.Create(entries, entries)), within);
        }

        return Vector512.ConditionalSelect(Vector512.Create((byte)0x80), codes, bits);
    }

    private static Vector256<byte> Look256(Vector256<byte> codes, ref byte row)
    {
        Vector256<byte> index = codes & Vector256.Create((byte)0x7F);
        Vector256<byte> bits = Vector256<byte>.Zero;
        for (byte r = 0; r < 8; r++)
        {
            Vector128<byte> entries = Vector128.LoadUnsafe(ref row, (nuint)(16 * r));
            Vector256<byte> within = Avx2.AddSaturate(index - Vector256.Create((byte)(16 * r)), Vector256.Create((byte)0x70));
            bits |= Avx2.Shuffle(Vector256.Create(entries, entries), within);
        }

        return Vector256.ConditionalSelect(Vector256.Create((byte)0x80), codes, bits);
    }

    private static Vector128<byte> Look128(Vector128<byte> codes, ref byte row)
    {
        Vector128<byte> index = codes & Vector128.Create((byte)0x7F);
        Vector128<byte> bits = Vector128<byte>.Zero;
        for (byte r = 0; r < 8; r++)
        {
            Vector128<byte> entries = Vector128.LoadUnsafe(ref row, (nuint)(16 * r));
            Vector128<byte> within = index - Vector128.Create((byte)(16 * r));
            bits |= AdvSimd.Arm64.IsSupported
                ? AdvSimd.Arm64.VectorTableLookup(entries, within) // beyond 15 reads as zero by itself
                : Ssse3.Shuffle(entries, Sse2.AddSaturate(within, Vector128.Create((byte)0x70)));
        }

        return Vector128.ConditionalSelect(Vector128.Create((byte)0x80), codes, bits);
    }
}
