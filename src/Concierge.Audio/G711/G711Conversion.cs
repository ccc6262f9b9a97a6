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

    private static readonly byte[] s_muToA = Fill(code => (byte)((code & 0x80) | (MuToA[~code & 0x7F] - 1)), 0x55);

    // Table 4 is indexed by the A-law number, its values count mu-law numbers from 0.
    private static readonly byte[] s_aToMu = Fill(code => (byte)(((code ^ 0x55) & 0x80) | (0x7F - AToMu[(code ^ 0x55) & 0x7F])), 0);

    public static void MuLawToALaw(ReadOnlySpan<byte> source, Span<byte> destination) => Look(source, destination, s_muToA);

    public static void ALawToMuLaw(ReadOnlySpan<byte> source, Span<byte> destination) => Look(source, destination, s_aToMu);

    private static byte[] Fill(Func<byte, byte> convert, byte xor)
    {
        var table = new byte[256];
        for (int code = 0; code < 256; code++)
        {
            table[code] = (byte)(convert((byte)code) ^ xor);
        }

        return table;
    }

    private static void Look(ReadOnlySpan<byte> source, Span<byte> destination, byte[] table)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = table[source[i]];
        }
    }
}
