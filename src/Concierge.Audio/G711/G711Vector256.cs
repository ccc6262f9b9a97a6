using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>The AVX2 rung: 32 samples at a time; the last block overlaps the one before. See <see cref="IG711Law"/> for the arithmetic.</summary>
internal static class G711Vector256
{
    public const int Block = 32;

    /// <summary>Expands <paramref name="count"/> >= 32 codes.</summary>
    [SkipLocalsInit]
    public static void Decode<TLaw>(ref byte source, ref short destination, nuint count)
        where TLaw : struct, IG711Law
    {
        Debug.Assert(count >= Block);
        Vector256<byte> mantissa = Vector256.Create((byte)0x78);
        Vector256<byte> firstXor = Vector256.Create(TLaw.FirstXor);
        Vector256<byte> secondXor = Vector256.Create(TLaw.SecondXor);
        Vector256<byte> nibble = Vector256.Create((byte)0x0F);
        Vector256<sbyte> firstFactors = Vector256.Create(TLaw.FirstFactors, TLaw.FirstFactors);
        Vector256<sbyte> secondFactors = Vector256.Create(TLaw.SecondFactors, TLaw.SecondFactors);
        nuint last = count - Block;
        nuint i = 0;
        while (true)
        {
            Vector256<byte> codes = Vector256.LoadUnsafe(ref source, i);
            Vector256<byte> shifted = Avx2.ShiftLeftLogical(codes.AsUInt16(), 3).AsByte() & mantissa;
            Vector256<byte> a1 = shifted ^ firstXor;
            Vector256<byte> a2 = TLaw.IsALaw ? secondXor : shifted ^ secondXor;
            Vector256<byte> index = Avx2.ShiftRightLogical(codes.AsUInt16(), 4).AsByte() & nibble;
            Vector256<sbyte> b1 = Avx2.Shuffle(firstFactors, index.AsSByte());
            // Mu-law's second factor is the sign alone: -1 or 1 without the shuffle port.
            Vector256<sbyte> b2 = TLaw.IsALaw
                ? Avx2.Shuffle(secondFactors, index.AsSByte())
                : Avx2.CompareGreaterThan(codes.AsSByte(), Vector256.Create((sbyte)-1)) | Vector256<sbyte>.One;
            Vector256<short> low = Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(a1, a2), Avx2.UnpackLow(b1, b2));
            Vector256<short> high = Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(a1, a2), Avx2.UnpackHigh(b1, b2));
            if (TLaw.IsALaw)
            {
                low += low;
                high += high;
            }

            // Unpacking works inside 128-bit lanes: low holds 0..7 and 16..23. Four half stores cost no shuffle.
            low.GetLower().StoreUnsafe(ref destination, i);
            high.GetLower().StoreUnsafe(ref destination, i + 8);
            low.GetUpper().StoreUnsafe(ref destination, i + 16);
            high.GetUpper().StoreUnsafe(ref destination, i + 24);
            if (i == last)
            {
                return;
            }

            i = Math.Min(i + Block, last);
        }
    }

    /// <summary>Compresses <paramref name="count"/> >= 32 samples.</summary>
    [SkipLocalsInit]
    public static void Encode<TLaw>(ref short source, ref byte destination, nuint count)
        where TLaw : struct, IG711Law
    {
        Debug.Assert(count >= Block);
        nuint last = count - Block;
        nuint i = 0;
        while (true)
        {
            Vector256<short> x0 = Vector256.LoadUnsafe(ref source, i);
            Vector256<short> x1 = Vector256.LoadUnsafe(ref source, i + 16);
            Vector256<byte> bits = Avx2.PackUnsignedSaturate(SevenBits<TLaw>(x0), SevenBits<TLaw>(x1));
            Vector256<byte> signs = Avx2.PackSignedSaturate(x0, x1).AsByte();
            Vector256<byte> codes = bits | Avx2.AndNot(signs, Vector256.Create((byte)0x80)); // sign 1 is positive
            if (TLaw.IsALaw)
            {
                codes ^= Vector256.Create((byte)0x55);
            }

            Avx2.Permute4x64(codes.AsInt64(), 0b11_01_10_00).AsByte().StoreUnsafe(ref destination, i);
            if (i == last)
            {
                return;
            }

            i = Math.Min(i + Block, last);
        }
    }

    /// <summary>Exponent and mantissa of 16 samples: mu-law's inverted already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> SevenBits<TLaw>(Vector256<short> samples)
        where TLaw : struct, IG711Law
    {
        Vector256<short> magnitude = Avx2.ShiftRightArithmetic(samples, 15) ^ samples;
        Vector256<short> biased = TLaw.IsALaw ? magnitude : Avx2.AddSaturate(magnitude, Vector256.Create((short)132));
        Vector256<int> even = Avx.ConvertToVector256Single(biased.AsInt32() & Vector256.Create(0xFFFF)).AsInt32();
        Vector256<int> odd = Avx.ConvertToVector256Single(Avx2.ShiftRightLogical(biased.AsInt32(), 16)).AsInt32();
        Vector256<ushort> both = Avx2.Blend(Avx2.ShiftRightLogical(even, 19).AsUInt16(), Avx2.ShiftRightLogical(odd, 3).AsUInt16(), 0b1010_1010);
        if (TLaw.IsALaw)
        {
            // From 256 on the float's difference is the code, at least 16; below it is at most the linear segment's.
            return Avx2.Max(both.AsInt16() - Vector256.Create((short)0x860), Avx2.Min(Avx2.ShiftRightLogical(magnitude, 4), Vector256.Create((short)15)));
        }

        return Vector256.Create((short)0x8DF) - both.AsInt16();
    }
}
