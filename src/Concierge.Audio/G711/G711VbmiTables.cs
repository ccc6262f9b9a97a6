namespace Concierge.Audio;

/// <summary>
/// The tables that <see cref="G711Vbmi"/> keeps in registers: by the low seven bits of a code, the octets of the positive sample (G.711 tables 1a and 2a, scaled to 16 bits); and by the upper seven
/// bits of a magnitude, its segment. Constants of the program: reading them needs no initialised class.
/// </summary>
internal static class G711VbmiTables
{
    /// <summary>Mu-law's low octets.</summary>
    public static ReadOnlySpan<byte> MuLawLow =>
    [
        124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124, 124,
        252, 252, 252, 252, 252, 252, 252, 252, 252, 252, 252, 252, 252, 252, 252, 252, 60, 188, 60, 188, 60, 188, 60, 188, 60, 188, 60, 188, 60, 188, 60, 188,
        92, 28, 220, 156, 92, 28, 220, 156, 92, 28, 220, 156, 92, 28, 220, 156, 108, 76, 44, 12, 236, 204, 172, 140, 108, 76, 44, 12, 236, 204, 172, 140,
        116, 100, 84, 68, 52, 36, 20, 4, 244, 228, 212, 196, 180, 164, 148, 132, 120, 112, 104, 96, 88, 80, 72, 64, 56, 48, 40, 32, 24, 16, 8, 0,
    ];

    /// <summary>Mu-law's high octets.</summary>
    public static ReadOnlySpan<byte> MuLawHigh =>
    [
        125, 121, 117, 113, 109, 105, 101, 97, 93, 89, 85, 81, 77, 73, 69, 65, 62, 60, 58, 56, 54, 52, 50, 48, 46, 44, 42, 40, 38, 36, 34, 32,
        30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 15, 14, 14, 13, 13, 12, 12, 11, 11, 10, 10, 9, 9, 8, 8, 7,
        7, 7, 6, 6, 6, 6, 5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>A-law's low octets.</summary>
    public static ReadOnlySpan<byte> ALawLow =>
    [
        128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 192, 64, 192, 64, 192, 64, 192, 64, 192, 64, 192, 64, 192, 64, 192, 64,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        88, 72, 120, 104, 24, 8, 56, 40, 216, 200, 248, 232, 152, 136, 184, 168, 88, 72, 120, 104, 24, 8, 56, 40, 216, 200, 248, 232, 152, 136, 184, 168,
        96, 32, 224, 160, 96, 32, 224, 160, 96, 32, 224, 160, 96, 32, 224, 160, 176, 144, 240, 208, 48, 16, 112, 80, 176, 144, 240, 208, 48, 16, 112, 80,
    ];

    /// <summary>A-law's high octets.</summary>
    public static ReadOnlySpan<byte> ALawHigh =>
    [
        21, 20, 23, 22, 17, 16, 19, 18, 29, 28, 31, 30, 25, 24, 27, 26, 10, 10, 11, 11, 8, 8, 9, 9, 14, 14, 15, 15, 12, 12, 13, 13,
        86, 82, 94, 90, 70, 66, 78, 74, 118, 114, 126, 122, 102, 98, 110, 106, 43, 41, 47, 45, 35, 33, 39, 37, 59, 57, 63, 61, 51, 49, 55, 53,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        5, 5, 5, 5, 4, 4, 4, 4, 7, 7, 7, 7, 6, 6, 6, 6, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3,
    ];

    /// <summary>High octets of A-law's negative samples: the low octet of two segments is zero, so that a carry reaches the high one.</summary>
    public static ReadOnlySpan<byte> ALawNegativeHigh =>
    [
        234, 235, 232, 233, 238, 239, 236, 237, 226, 227, 224, 225, 230, 231, 228, 229, 245, 245, 244, 244, 247, 247, 246, 246, 241, 241, 240, 240, 243, 243, 242, 242,
        170, 174, 162, 166, 186, 190, 178, 182, 138, 142, 130, 134, 154, 158, 146, 150, 213, 215, 209, 211, 221, 223, 217, 219, 197, 199, 193, 195, 205, 207, 201, 203,
        254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        250, 250, 250, 250, 251, 251, 251, 251, 248, 248, 248, 248, 249, 249, 249, 249, 253, 253, 253, 253, 253, 253, 253, 253, 252, 252, 252, 252, 252, 252, 252, 252,
    ];

    /// <summary>By a magnitude's upper seven bits: its segment, 0 for 0 and else 1 + log2, in the upper nibble, and how far to shift it down to its mantissa, 3 more, in the lower one.</summary>
    public static ReadOnlySpan<byte> MuLawSegments =>
    [
        0x03, 0x14, 0x25, 0x25, 0x36, 0x36, 0x36, 0x36, 0x47, 0x47, 0x47, 0x47, 0x47, 0x47, 0x47, 0x47, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58,
        0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69,
        0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A,
        0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A,
    ];

    /// <summary>The same for A-law, whose linear segment has no leading one and is shifted as segment 1 is.</summary>
    public static ReadOnlySpan<byte> ALawSegments =>
    [
        0x04, 0x14, 0x25, 0x25, 0x36, 0x36, 0x36, 0x36, 0x47, 0x47, 0x47, 0x47, 0x47, 0x47, 0x47, 0x47, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58,
        0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69, 0x69,
        0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A,
        0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A, 0x7A,
    ];
}
