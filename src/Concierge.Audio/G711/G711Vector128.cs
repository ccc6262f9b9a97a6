using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>
/// The 128-bit rung: 16 samples at a time; the last block overlaps the one before. SSSE3 where it is; otherwise the portable form, which on Arm becomes AdvSimd (tbl, ushll, mul).
/// </summary>
internal static class G711Vector128
{
    public const int Block = 16;

    /// <summary>Expands <paramref name="count"/> >= 16 codes.</summary>
    public static void Decode<TLaw>(ref byte source, ref short destination, nuint count)
        where TLaw : struct, IG711Law
    {
        if (Ssse3.IsSupported)
        {
            DecodeSsse3<TLaw>(ref source, ref destination, count);
        }
        else
        {
            DecodePortable<TLaw>(ref source, ref destination, count);
        }
    }

    [SkipLocalsInit]
    private static void DecodeSsse3<TLaw>(ref byte source, ref short destination, nuint count)
        where TLaw : struct, IG711Law
    {
        Debug.Assert(count >= Block);
        nuint last = count - Block;
        nuint i = 0;
        while (true)
        {
            Vector128<byte> codes = Vector128.LoadUnsafe(ref source, i);
            (Vector128<byte> a1, Vector128<byte> a2, Vector128<byte> index) = Operands<TLaw>(codes);
            Vector128<sbyte> b1 = Ssse3.Shuffle(TLaw.FirstFactors, index.AsSByte());
            Vector128<sbyte> b2 = TLaw.IsALaw
                ? Ssse3.Shuffle(TLaw.SecondFactors, index.AsSByte())
                : Sse2.CompareGreaterThan(codes.AsSByte(), Vector128.Create((sbyte)-1)) | Vector128<sbyte>.One;
            Vector128<short> low = Ssse3.MultiplyAddAdjacent(Sse2.UnpackLow(a1, a2), Sse2.UnpackLow(b1, b2));
            Vector128<short> high = Ssse3.MultiplyAddAdjacent(Sse2.UnpackHigh(a1, a2), Sse2.UnpackHigh(b1, b2));
            if (TLaw.IsALaw)
            {
                low += low;
                high += high;
            }

            low.StoreUnsafe(ref destination, i);
            high.StoreUnsafe(ref destination, i + 8);
            if (i == last)
            {
                return;
            }

            i = Math.Min(i + Block, last);
        }
    }

    /// <summary>The same sums by widening and 16-bit multiplication: no instruction set in particular.</summary>
    internal static void DecodePortable<TLaw>(ref byte source, ref short destination, nuint count)
        where TLaw : struct, IG711Law
    {
        Debug.Assert(count >= Block);
        nuint last = count - Block;
        nuint i = 0;
        while (true)
        {
            Vector128<byte> codes = Vector128.LoadUnsafe(ref source, i);
            (Vector128<byte> a1, Vector128<byte> a2, Vector128<byte> index) = Operands<TLaw>(codes);
            (Vector128<short> b1Low, Vector128<short> b1High) = Vector128.Widen(Vector128.ShuffleNative(TLaw.FirstFactors, index.AsSByte()));
            (Vector128<short> b2Low, Vector128<short> b2High) = Vector128.Widen(Vector128.ShuffleNative(TLaw.SecondFactors, index.AsSByte()));
            (Vector128<ushort> a1Low, Vector128<ushort> a1High) = Vector128.Widen(a1);
            (Vector128<ushort> a2Low, Vector128<ushort> a2High) = Vector128.Widen(a2);
            Vector128<short> low = (a1Low.AsInt16() * b1Low) + (a2Low.AsInt16() * b2Low);
            Vector128<short> high = (a1High.AsInt16() * b1High) + (a2High.AsInt16() * b2High);
            if (TLaw.IsALaw)
            {
                low += low;
                high += high;
            }

            low.StoreUnsafe(ref destination, i);
            high.StoreUnsafe(ref destination, i + 8);
            if (i == last)
            {
                return;
            }

            i = Math.Min(i + Block, last);
        }
    }

    /// <summary>Compresses <paramref name="count"/> >= 16 samples; portable (SSE2, AdvSimd).</summary>
    [SkipLocalsInit]
    public static void Encode<TLaw>(ref short source, ref byte destination, nuint count)
        where TLaw : struct, IG711Law
    {
        Debug.Assert(count >= Block);
        nuint last = count - Block;
        nuint i = 0;
        while (true)
        {
            Vector128<short> x0 = Vector128.LoadUnsafe(ref source, i);
            Vector128<short> x1 = Vector128.LoadUnsafe(ref source, i + 8);
            Vector128<short> bits0 = SevenBits<TLaw>(x0);
            Vector128<short> bits1 = SevenBits<TLaw>(x1);
            Vector128<byte> bits = Sse2.IsSupported ? Sse2.PackUnsignedSaturate(bits0, bits1) : Vector128.Narrow(bits0, bits1).AsByte();
            Vector128<byte> signs = Sse2.IsSupported ? Sse2.PackSignedSaturate(x0, x1).AsByte() : Vector128.Narrow(x0 >> 8, x1 >> 8).AsByte();
            Vector128<byte> codes = bits | Vector128.AndNot(Vector128.Create((byte)0x80), signs); // sign 1 is positive
            if (TLaw.IsALaw)
            {
                codes ^= Vector128.Create((byte)0x55);
            }

            codes.StoreUnsafe(ref destination, i);
            if (i == last)
            {
                return;
            }

            i = Math.Min(i + Block, last);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<byte> A1, Vector128<byte> A2, Vector128<byte> Index) Operands<TLaw>(Vector128<byte> codes)
        where TLaw : struct, IG711Law
    {
        Vector128<byte> shifted = (codes.AsUInt16() << 3).AsByte() & Vector128.Create((byte)0x78);
        Vector128<byte> a2 = (shifted & Vector128.Create(TLaw.SecondMask)) ^ Vector128.Create(TLaw.SecondXor);
        return (shifted ^ Vector128.Create(TLaw.FirstXor), a2, (codes.AsUInt16() >> 4).AsByte() & Vector128.Create((byte)0x0F));
    }

    /// <summary>Exponent and mantissa of 8 samples: mu-law's inverted already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> SevenBits<TLaw>(Vector128<short> samples)
        where TLaw : struct, IG711Law
    {
        Vector128<short> magnitude = (samples >> 15) ^ samples;
        Vector128<short> biased = TLaw.IsALaw ? magnitude : Vector128.AddSaturate(magnitude, Vector128.Create((short)132));
        Vector128<int> even = Vector128.ConvertToSingle(biased.AsInt32() & Vector128.Create(0xFFFF)).AsInt32();
        Vector128<int> odd = Vector128.ConvertToSingle((biased.AsUInt32() >> 16).AsInt32()).AsInt32();
        Vector128<ushort> both = Vector128.ConditionalSelect(Vector128.Create(0xFFFF), even >>> 19, odd >>> 3).AsUInt16();
        if (TLaw.IsALaw)
        {
            // From 256 on the float's difference is the code, at least 16; below it is at most the linear segment's.
            return Vector128.Max(both.AsInt16() - Vector128.Create((short)0x860), Vector128.Min(magnitude >>> 4, Vector128.Create((short)15)));
        }

        return Vector128.Create((short)0x8DF) - both.AsInt16();
    }
}
