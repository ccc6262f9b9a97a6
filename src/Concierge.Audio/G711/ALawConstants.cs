using System.Runtime.Intrinsics;

namespace Concierge.Audio;

/// <summary>The constants of A-law: even bits inverted on the wire, so nibble n holds exponent (n ^ 5) &amp; 7.</summary>
internal readonly struct ALawConstants : IG711Law
{
    public static byte FirstXor => 0x2C;

    public static byte SecondMask => 0;

    public static byte SecondXor => 0x80;

    // Exponents of the nibbles 0..7: 5, 4, 7, 6, 1, 0, 3, 2.
    public static Vector128<sbyte> FirstFactors => Vector128.Create((sbyte)-16, -8, -64, -32, -1, -1, -4, -2, 16, 8, 64, 32, 1, 1, 4, 2);

    public static Vector128<sbyte> SecondFactors => Vector128.Create((sbyte)-16, -8, -64, -32, -1, 0, -4, -2, 16, 8, 64, 32, 1, 0, 4, 2);

    public static bool IsALaw => true;

    public static ReadOnlySpan<short> Table => G711Tables.ALawDecode;

    public static short Sample(byte code) => G711Scalar.ALawSample(code);

    public static byte Code(short sample) => G711Scalar.ALawCode(sample);
}
