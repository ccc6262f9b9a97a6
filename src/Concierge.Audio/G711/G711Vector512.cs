using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>The AVX-512 BW rung: 64 samples at a time; the last block overlaps the one before. See <see cref="IG711Law"/> for the arithmetic.</summary>
internal static class G711Vector512
{
    public const int Block = 64;

    /// <summary>Expands <paramref name="count"/> >= 64 codes.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode<TLaw>(ref byte source, ref short destination, nuint count)
        where TLaw : struct, IG711Law
    {
        Debug.Assert(count >= Block);
        // Unpacking works inside 128-bit lanes: lane n must hold codes 8n..8n+7 and, for the second half, 32 + 8n..
        Vector512<long> order = Vector512.Create(0L, 4, 1, 5, 2, 6, 3, 7);
        Vector512<byte> mantissa = Vector512.Create((byte)0x78);
        Vector512<byte> firstXor = Vector512.Create(TLaw.FirstXor);
        Vector512<byte> secondMask = Vector512.Create(TLaw.SecondMask);
        Vector512<byte> secondXor = Vector512.Create(TLaw.SecondXor);
        Vector512<byte> nibble = Vector512.Create((byte)0x0F);
        Vector512<sbyte> firstFactors = Broadcast(TLaw.FirstFactors);
        Vector512<sbyte> secondFactors = Broadcast(TLaw.SecondFactors);
        nuint last = count - Block;
        for (nuint i = 0; i < last; i += Block)
        {
            Expand<TLaw>(ref source, ref destination, i, order, mantissa, firstXor, secondMask, secondXor, nibble, firstFactors, secondFactors);
        }

        Expand<TLaw>(ref source, ref destination, last, order, mantissa, firstXor, secondMask, secondXor, nibble, firstFactors, secondFactors);
    }

    /// <summary>Compresses <paramref name="count"/> >= 64 samples.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Encode<TLaw>(ref short source, ref byte destination, nuint count)
        where TLaw : struct, IG711Law
    {
        Debug.Assert(count >= Block);
        Vector512<long> order = Vector512.Create(0L, 2, 4, 6, 1, 3, 5, 7); // packing works inside 128-bit lanes
        Vector512<byte> sign = Vector512.Create((byte)0x80);
        nuint last = count - Block;
        nuint i = 0;
        while (true)
        {
            Vector512<short> x0 = Vector512.LoadUnsafe(ref source, i);
            Vector512<short> x1 = Vector512.LoadUnsafe(ref source, i + 32);
            Vector512<byte> bits = Avx512BW.PackUnsignedSaturate(SevenBits<TLaw>(x0), SevenBits<TLaw>(x1));
            Vector512<byte> signs = Avx512BW.PackSignedSaturate(x0, x1).AsByte();
            // Sign 1 is positive: bits | (~signs & 0x80).
            Vector512<byte> codes = Avx512F.TernaryLogic(signs, sign, bits, 0xAE);
            if (TLaw.IsALaw)
            {
                codes ^= Vector512.Create((byte)0x55);
            }

            Avx512F.PermuteVar8x64(codes.AsInt64(), order).AsByte().StoreUnsafe(ref destination, i);
            if (i == last)
            {
                return;
            }

            i = Math.Min(i + Block, last);
        }
    }

    /// <summary>64 codes; the constants are the loop's, held in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Expand<TLaw>(
        ref byte from,
        ref short to,
        nuint at,
        Vector512<long> order,
        Vector512<byte> mantissa,
        Vector512<byte> firstXor,
        Vector512<byte> secondMask,
        Vector512<byte> secondXor,
        Vector512<byte> nibble,
        Vector512<sbyte> firstFactors,
        Vector512<sbyte> secondFactors)
        where TLaw : struct, IG711Law
    {
        Vector512<byte> codes = Avx512F.PermuteVar8x64(Vector512.LoadUnsafe(ref from, at).AsInt64(), order).AsByte();
        Vector512<byte> shifted = Avx512BW.ShiftLeftLogical(codes.AsUInt16(), 3).AsByte();
        Vector512<byte> a1 = Avx512F.TernaryLogic(shifted, mantissa, firstXor, 0x6A); // (a & b) ^ c
        Vector512<byte> a2 = TLaw.IsALaw ? secondXor : Avx512F.TernaryLogic(shifted, secondMask, secondXor, 0x6A);
        Vector512<sbyte> index = (Avx512BW.ShiftRightLogical(codes.AsUInt16(), 4).AsByte() & nibble).AsSByte();
        Vector512<sbyte> b1 = Avx512BW.Shuffle(firstFactors, index);
        Vector512<sbyte> b2 = Avx512BW.Shuffle(secondFactors, index);
        Vector512<short> low = Avx512BW.MultiplyAddAdjacent(Avx512BW.UnpackLow(a1, a2), Avx512BW.UnpackLow(b1, b2));
        Vector512<short> high = Avx512BW.MultiplyAddAdjacent(Avx512BW.UnpackHigh(a1, a2), Avx512BW.UnpackHigh(b1, b2));
        if (TLaw.IsALaw)
        {
            low += low;
            high += high;
        }

        low.StoreUnsafe(ref to, at);
        high.StoreUnsafe(ref to, at + 32);
    }

    /// <summary>Exponent and mantissa of 32 samples: mu-law's inverted already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> SevenBits<TLaw>(Vector512<short> samples)
        where TLaw : struct, IG711Law
    {
        Vector512<short> magnitude = Avx512BW.ShiftRightArithmetic(samples, 15) ^ samples;
        Vector512<short> biased = TLaw.IsALaw ? magnitude : Avx512BW.AddSaturate(magnitude, Vector512.Create((short)132));
        // Even samples alone; odd ones with the even one below them as a fraction, which rounding towards zero leaves without effect but for 16 more in the exponent.
        Vector512<int> even = Avx512F.ConvertToVector512Single(biased.AsInt32() & Vector512.Create(0xFFFF)).AsInt32();
        Vector512<int> odd = Avx512F.ConvertToVector512Single(biased.AsInt32(), FloatRoundingMode.ToZero).AsInt32();
        Vector512<int> both = Avx512F.TernaryLogic(Vector512.Create(0xFFFF), Avx512F.ShiftRightLogical(even, 19), Avx512F.ShiftRightLogical(odd, 3), 0xCA); // select
        if (TLaw.IsALaw)
        {
            // From 256 on the float's difference is the code, at least 16; below it is at most the linear segment's.
            Vector512<short> logarithmic = both.AsInt16() - Vector512.Create(0x0960_0860).AsInt16();
            return Avx512BW.Max(logarithmic, Avx512BW.Min(Avx512BW.ShiftRightLogical(magnitude, 4), Vector512.Create((short)15)));
        }

        return Vector512.Create(0x09DF_08DF).AsInt16() - both.AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<sbyte> Broadcast(Vector128<sbyte> table)
    {
        // Put together from halves it would begin with whatever the stack holds.
        Vector512<long> lane = table.AsInt64().ToVector256Unsafe().ToVector512Unsafe();
        return Avx512F.Shuffle4x128(lane, lane, 0).AsSByte();
    }
}
