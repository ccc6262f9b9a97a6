using System.Runtime.Intrinsics;

namespace Concierge.Audio;

/// <summary>The constants of mu-law: all bits inverted on the wire.</summary>
internal readonly struct MuLawConstants : IG711Law
{
    public static byte FirstXor => 0xFC;

    public static byte SecondMask => 0x78;

    public static byte SecondXor => 0x78;

    // Upper nibble 0 is -, exponent 7 (inverted); 8 is +, exponent 7.
    public static Vector128<sbyte> FirstFactors => Vector128.Create((sbyte)-127, -63, -31, -15, -7, -3, -1, 0, 127, 63, 31, 15, 7, 3, 1, 0);

    public static Vector128<sbyte> SecondFactors => Vector128.Create((sbyte)-1, -1, -1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1, 1, 1);

    public static bool IsALaw => false;

    public static ReadOnlySpan<short> Table => G711Tables.MuLawDecode;

    public static short Sample(byte code) => G711Scalar.MuLawSample(code);

    public static byte Code(short sample) => G711Scalar.MuLawCode(sample);
}
