using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>
/// The AVX-512 VBMI rung: the 128 magnitudes of a law stay in registers (low octets, high octets) and one permute looks 64 codes up. Encoding takes the segment of 64 samples from a 128-entry
/// table and shifts each sample by it. 64 samples at a time; the last block overlaps the one before.
/// </summary>
internal static class G711Vbmi
{
    public const int Block = 64;

    /// <summary>Expands <paramref name="count"/> >= 64 codes.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode<TLaw, TPermute>(ref byte source, ref short destination, nuint count)
        where TLaw : struct, IG711Law
        where TPermute : struct, IBytePermute
    {
        Debug.Assert(count >= Block);
        ref byte low = ref MemoryMarshal.GetReference(TLaw.IsALaw ? G711VbmiTables.ALawLow : G711VbmiTables.MuLawLow);
        ref byte high = ref MemoryMarshal.GetReference(TLaw.IsALaw ? G711VbmiTables.ALawHigh : G711VbmiTables.MuLawHigh);
        ref byte negative = ref MemoryMarshal.GetReference(G711VbmiTables.ALawNegativeHigh);
        Vector512<byte> low0 = Vector512.LoadUnsafe(ref low);
        Vector512<byte> low1 = Vector512.LoadUnsafe(ref low, 64);
        Vector512<byte> high0 = Vector512.LoadUnsafe(ref high);
        Vector512<byte> high1 = Vector512.LoadUnsafe(ref high, 64);
        Vector512<byte> negative0 = TLaw.IsALaw ? Vector512.LoadUnsafe(ref negative) : default;
        Vector512<byte> negative1 = TLaw.IsALaw ? Vector512.LoadUnsafe(ref negative, 64) : default;

        // Unpacking works inside 128-bit lanes: lane n must hold codes 8n..8n+7 and, for the second half, 32 + 8n..
        Vector512<long> order = Vector512.Create(0L, 4, 1, 5, 2, 6, 3, 7);

        // Codes below this are negative: the upper bit says it; mu-law's -0 is 0.
        Vector512<byte> positive = Vector512.Create(TLaw.IsALaw ? (byte)0x80 : (byte)0x7F);
        nuint last = count - Block;
        nuint i = 0;
        while (true)
        {
            Vector512<byte> codes = Avx512F.PermuteVar8x64(Vector512.LoadUnsafe(ref source, i).AsInt64(), order).AsByte();
            Vector512<byte> lows = TPermute.Permute(low0, codes, low1);
            Vector512<byte> highs = TPermute.Permute(high0, codes, high1);
            Vector512<byte> isNegative = Avx512BW.CompareLessThan(codes, positive);

            // -m by its octets. Mu-law's low octet is zero for zero alone, so that there is no carry and the high octet is inverted.
            Vector512<byte> negativeHighs = TLaw.IsALaw ? TPermute.Permute(negative0, codes, negative1) : Vector512<byte>.AllBitsSet - highs;
            lows = Vector512.ConditionalSelect(isNegative, Vector512<byte>.Zero - lows, lows);
            highs = Vector512.ConditionalSelect(isNegative, negativeHighs, highs);
            Avx512BW.UnpackLow(lows, highs).AsInt16().StoreUnsafe(ref destination, i);
            Avx512BW.UnpackHigh(lows, highs).AsInt16().StoreUnsafe(ref destination, i + 32);
            if (i == last)
            {
                return;
            }

            i = Math.Min(i + Block, last);
        }
    }

    /// <summary>Compresses <paramref name="count"/> >= 64 samples.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Encode<TLaw, TPermute>(ref short source, ref byte destination, nuint count)
        where TLaw : struct, IG711Law
        where TPermute : struct, IBytePermute
    {
        Debug.Assert(count >= Block);
        ref byte segments = ref MemoryMarshal.GetReference(G711VbmiTables.Segments);
        Vector512<byte> segments0 = Vector512.LoadUnsafe(ref segments);
        if (TLaw.IsALaw)
        {
            // The linear segment has no leading one and is shifted as segment 1 is.
            segments0 = Avx512BW.Max(segments0, Vector512.CreateScalar((byte)4));
        }

        Vector512<byte> segments1 = Vector512.LoadUnsafe(ref segments, 64);
        Vector512<byte> lower = Vector512.Create((byte)0x0F);
        Vector512<long> order = Vector512.Create(0L, 2, 4, 6, 1, 3, 5, 7); // packing works inside 128-bit lanes
        Vector512<byte> sign = Vector512.Create((byte)0x80);
        nuint last = count - Block;
        nuint i = 0;
        while (true)
        {
            Vector512<short> x0 = Vector512.LoadUnsafe(ref source, i);
            Vector512<short> x1 = Vector512.LoadUnsafe(ref source, i + 32);
            Vector512<ushort> m0 = Biased<TLaw>(x0);
            Vector512<ushort> m1 = Biased<TLaw>(x1);

            // The upper seven bits decide the segment e = max(0, log2 - 7); m >> e + 3 then is 1mmmm. Shifts and shuffles are what this waits for, so nothing else is done by one.
            Vector512<byte> top = Avx512BW.PackUnsignedSaturate(Avx512BW.ShiftRightLogical(m0, 8).AsInt16(), Avx512BW.ShiftRightLogical(m1, 8).AsInt16());
            Vector512<byte> segment = TPermute.Permute(segments0, top, segments1);
            Vector512<byte> shift = segment & lower;
            Vector512<ushort> e0 = Avx512BW.UnpackLow(shift, Vector512<byte>.Zero).AsUInt16();
            Vector512<ushort> e1 = Avx512BW.UnpackHigh(shift, Vector512<byte>.Zero).AsUInt16();
            Vector512<byte> mantissa = Avx512BW.PackUnsignedSaturate(
                Avx512BW.ShiftRightLogicalVariable(m0, e0).AsInt16(), Avx512BW.ShiftRightLogicalVariable(m1, e1).AsInt16());
            Vector512<byte> bits = Avx512F.TernaryLogic(lower, mantissa, segment, 0xCA); // select
            Vector512<byte> signs = Avx512BW.PackSignedSaturate(x0, x1).AsByte();
            // Sign 1 is positive: mu-law is ~(bits | (signs & 0x80)), A-law (bits | (~signs & 0x80)) with every other bit inverted.
            Vector512<byte> codes = TLaw.IsALaw
                ? Avx512F.TernaryLogic(signs, sign, bits, 0xAE) ^ Vector512.Create((byte)0x55)
                : Avx512F.TernaryLogic(signs, sign, bits, 0x15);
            Avx512F.PermuteVar8x64(codes.AsInt64(), order).AsByte().StoreUnsafe(ref destination, i);
            if (i == last)
            {
                return;
            }

            i = Math.Min(i + Block, last);
        }
    }

    /// <summary>The magnitude as G.711 takes it, x or −1 − x; mu-law's with its bias added, as the greater of two sums of which the other is less than the bias, which takes no shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> Biased<TLaw>(Vector512<short> samples)
        where TLaw : struct, IG711Law
    {
        const short Bias = 132;
        Vector512<short> magnitude = TLaw.IsALaw
            ? Avx512BW.ShiftRightArithmetic(samples, 15) ^ samples
            : Avx512BW.Max(Avx512BW.AddSaturate(samples, Vector512.Create(Bias)), Avx512BW.SubtractSaturate(Vector512.Create((short)(Bias - 1)), samples));
        return magnitude.AsUInt16();
    }
}
