using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>
/// The AVX-512 VBMI rung: the 128 magnitudes of a law stay in four registers (low bytes, high bytes) and one permute looks 64 codes up. Encoding takes the exponent of 64 samples from a
/// 128-entry table and shifts each sample by it.
/// </summary>
internal static class G711Vbmi
{
    public const int Block = 64;

    /// <summary>Expands <paramref name="count"/> >= 64 codes.</summary>
    [SkipLocalsInit]
    public static void Decode<TLaw, TPermute>(ref byte source, ref short destination, nuint count)
        where TLaw : struct, IG711Law
        where TPermute : struct, IBytePermute
    {
        Debug.Assert(count >= Block);
        // Entries 128..255 of a law's table are its positive samples, in the order of the low seven bits.
        Span<byte> low = stackalloc byte[128];
        Span<byte> high = stackalloc byte[128];
        ReadOnlySpan<short> table = TLaw.Table[128..];
        for (int k = 0; k < 128; k++)
        {
            low[k] = (byte)table[k];
            high[k] = (byte)(table[k] >> 8);
        }

        Vector512<byte> low0 = Vector512.Create<byte>(low[..64]);
        Vector512<byte> low1 = Vector512.Create<byte>(low[64..]);
        Vector512<byte> high0 = Vector512.Create<byte>(high[..64]);
        Vector512<byte> high1 = Vector512.Create<byte>(high[64..]);
        Vector512<long> order = Vector512.Create(0L, 4, 1, 5, 2, 6, 3, 7);
        nuint last = count - Block;
        nuint i = 0;
        while (true)
        {
            Vector512<byte> codes = Avx512F.PermuteVar8x64(Vector512.LoadUnsafe(ref source, i).AsInt64(), order).AsByte();
            Vector512<byte> lows = TPermute.Permute(low0, codes, low1);
            Vector512<byte> highs = TPermute.Permute(high0, codes, high1);
            Signed(Avx512BW.UnpackLow(lows, highs).AsInt16(), Avx512BW.UnpackLow(codes, codes).AsInt16()).StoreUnsafe(ref destination, i);
            Signed(Avx512BW.UnpackHigh(lows, highs).AsInt16(), Avx512BW.UnpackHigh(codes, codes).AsInt16()).StoreUnsafe(ref destination, i + 32);
            if (i == last)
            {
                return;
            }

            i = Math.Min(i + Block, last);
        }
    }

    /// <summary>Compresses <paramref name="count"/> >= 64 samples.</summary>
    [SkipLocalsInit]
    public static void Encode<TLaw, TPermute>(ref short source, ref byte destination, nuint count)
        where TLaw : struct, IG711Law
        where TPermute : struct, IBytePermute
    {
        Debug.Assert(count >= Block);
        ref byte exponents = ref MemoryMarshal.GetReference(Exponents);
        Vector512<byte> exponent0 = Vector512.LoadUnsafe(ref exponents);
        Vector512<byte> exponent1 = Vector512.LoadUnsafe(ref exponents, 64);
        Vector512<long> order = Vector512.Create(0L, 2, 4, 6, 1, 3, 5, 7);
        Vector512<byte> sign = Vector512.Create((byte)0x80);
        nuint last = count - Block;
        nuint i = 0;
        while (true)
        {
            Vector512<short> x0 = Vector512.LoadUnsafe(ref source, i);
            Vector512<short> x1 = Vector512.LoadUnsafe(ref source, i + 32);
            Vector512<ushort> m0 = Biased<TLaw>(x0);
            Vector512<ushort> m1 = Biased<TLaw>(x1);
            // The upper seven bits decide the exponent e = max(0, log2 - 7); m >> e then fits a byte: 1mmmmxxx.
            Vector512<byte> top = Avx512BW.PackUnsignedSaturate(Avx512BW.ShiftRightLogical(m0, 8).AsInt16(), Avx512BW.ShiftRightLogical(m1, 8).AsInt16());
            Vector512<byte> exponent = TPermute.Permute(exponent0, top, exponent1);
            // A-law's linear segment has no leading one: it is shifted as segment 1 is.
            Vector512<byte> shift = TLaw.IsALaw ? Avx512BW.Max(exponent, Vector512<byte>.One) : exponent;
            Vector512<ushort> e0 = Avx512BW.UnpackLow(shift, Vector512<byte>.Zero).AsUInt16();
            Vector512<ushort> e1 = Avx512BW.UnpackHigh(shift, Vector512<byte>.Zero).AsUInt16();
            Vector512<byte> shifted = Avx512BW.PackUnsignedSaturate(
                Avx512BW.ShiftRightLogicalVariable(m0, e0).AsInt16(), Avx512BW.ShiftRightLogicalVariable(m1, e1).AsInt16());
            Vector512<byte> mantissa = Avx512BW.ShiftRightLogical(shifted.AsUInt16(), 3).AsByte();
            Vector512<byte> bits = Avx512F.TernaryLogic(Vector512.Create((byte)0x0F), mantissa, Avx512BW.ShiftLeftLogical(exponent.AsUInt16(), 4).AsByte(), 0xCA);
            bits ^= Vector512.Create(TLaw.IsALaw ? (byte)0x55 : (byte)0x7F);
            Vector512<byte> signs = Avx512BW.PackSignedSaturate(x0, x1).AsByte();
            Vector512<byte> codes = Avx512F.TernaryLogic(signs, sign, bits, 0xAE);
            Avx512F.PermuteVar8x64(codes.AsInt64(), order).AsByte().StoreUnsafe(ref destination, i);
            if (i == last)
            {
                return;
            }

            i = Math.Min(i + Block, last);
        }
    }

    /// <summary>By the upper seven bits of a magnitude: 0 for 0, else 1 + log2.</summary>
    private static ReadOnlySpan<byte> Exponents =>
    [
        0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,
        6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    ];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> Biased<TLaw>(Vector512<short> samples)
        where TLaw : struct, IG711Law
    {
        Vector512<short> magnitude = Avx512BW.ShiftRightArithmetic(samples, 15) ^ samples;
        return (TLaw.IsALaw ? magnitude : Avx512BW.AddSaturate(magnitude, Vector512.Create((short)132))).AsUInt16();
    }

    /// <summary>The magnitude, negated where the doubled code's sign bit is clear.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Signed(Vector512<short> magnitude, Vector512<short> doubledCodes) =>
        Vector512.ConditionalSelect(Vector512.LessThan(doubledCodes, Vector512<short>.Zero), magnitude, -magnitude);
}
