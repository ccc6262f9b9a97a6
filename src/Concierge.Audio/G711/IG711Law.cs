using System.Runtime.Intrinsics;

namespace Concierge.Audio;

/// <summary>
/// What tells the two laws apart inside the vector forms; constants to the JIT.
/// </summary>
/// <remarks>
/// <para><b>Decoding</b> is one widening multiply-add of byte pairs (pmaddubsw): sample = a1 b1 + a2 b2, where the unsigned a depend on the mantissa's four bits and the signed b on
/// the upper nibble (sign and exponent).</para>
/// <para>Mu-law: s ((8m + 132) 2^e - 132) = (8m + 132) s(2^e - 1) + 8m s. All factors fit: 8m + 132 is at most 252, 2^e - 1 at most 127. <br/>
/// A-law, halved so that they fit: s ((8m + 4) p + 128 p'), p = 2^max(e-1, 0), p' = e == 0 ? 0 : p; the sum is doubled afterwards.</para>
/// <para><b>Encoding</b> lets the conversion to single precision find the exponent: bits 19..26 of the float of a positive integer are its exponent and the four bits below the leading one.</para>
/// </remarks>
internal interface IG711Law
{
    /// <summary>a1 = ((code &lt;&lt; 3) &amp; 0x78) ^ this.</summary>
    static abstract byte FirstXor { get; }

    /// <summary>a2 = ((code &lt;&lt; 3) &amp; this) ^ <see cref="SecondXor"/>.</summary>
    static abstract byte SecondMask { get; }

    /// <inheritdoc cref="SecondMask"/>
    static abstract byte SecondXor { get; }

    /// <summary>b1 by the code's upper nibble.</summary>
    static abstract Vector128<sbyte> FirstFactors { get; }

    /// <summary>b2 by the code's upper nibble.</summary>
    static abstract Vector128<sbyte> SecondFactors { get; }

    /// <summary>True: A-law. The sum is doubled when decoding; when encoding the bias is none, segment 0 is linear, and the even bits are inverted.</summary>
    static abstract bool IsALaw { get; }

    /// <summary>The scalar form.</summary>
    static abstract short Sample(byte code);

    /// <summary>The scalar form.</summary>
    static abstract byte Code(short sample);

    /// <summary>The 256-entry table of the scalar form.</summary>
    static abstract ReadOnlySpan<short> Table { get; }
}
