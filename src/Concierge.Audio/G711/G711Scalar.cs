using System.Numerics;
using System.Runtime.CompilerServices;

namespace Concierge.Audio;

/// <summary>The scalar forms: the plain reading of G.191's reference code, the oracle of every vector form and the last rung of the ladder.</summary>
internal static class G711Scalar
{
    public static void Decode(ReadOnlySpan<byte> source, Span<short> destination, ReadOnlySpan<short> table)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = table[source[i]];
        }
    }

    public static void Encode<TLaw>(ReadOnlySpan<short> source, Span<byte> destination)
        where TLaw : struct, IG711Law
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = TLaw.Code(source[i]);
        }
    }

    /// <summary>G.191 <c>ulaw_expand</c>: bits are inverted; s eee mmmm is s * (((2m + 33) &lt;&lt; e) - 33) in 14 bits, here left-justified (x4).</summary>
    public static short MuLawSample(byte code)
    {
        int inverted = ~code;
        int exponent = (inverted >> 4) & 7;
        int mantissa = inverted & 15;
        int magnitude = (((mantissa << 3) + 132) << exponent) - 132;
        return (short)((code & 0x80) != 0 ? magnitude : -magnitude);
    }

    /// <summary>G.191 <c>alaw_expand</c>: even bits are inverted; the sign bit is set for positive values.</summary>
    public static short ALawSample(byte code)
    {
        int bits = code ^ 0x55;
        int exponent = (bits >> 4) & 7;
        int mantissa = bits & 15;
        int magnitude = exponent == 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 264) << (exponent - 1);
        return (short)((code & 0x80) != 0 ? magnitude : -magnitude);
    }

    /// <summary>G.191 <c>ulaw_compress</c>. One's complement for negative samples, so that -32768 becomes 32767 and not itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte MuLawCode(short sample)
    {
        int magnitude = Math.Min(((sample ^ (sample >> 15)) >> 2) + 33, 0x1FFF);
        int exponent = BitOperations.Log2((uint)magnitude) - 5;
        int mantissa = (magnitude >> (exponent + 1)) & 15;
        int sign = (sample >> 8) & 0x80;
        return (byte)~(sign | (exponent << 4) | mantissa);
    }

    /// <summary>G.191 <c>alaw_compress</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte ALawCode(short sample)
    {
        int magnitude = (sample ^ (sample >> 15)) >> 4;
        if (magnitude > 15)
        {
            int exponent = BitOperations.Log2((uint)magnitude) - 3;
            magnitude = (exponent << 4) + ((magnitude >> (exponent - 1)) & 15);
        }

        int sign = ~(sample >> 8) & 0x80;
        return (byte)((sign | magnitude) ^ 0x55);
    }
}
