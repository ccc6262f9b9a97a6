using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>The data movements around <see cref="FirKernel"/>: widening into even and odd streams, rounding back, interleaving phases.</summary>
internal static class SampleShuffle
{
    /// <summary>Splits shorts into even and odd floats; <paramref name="samples"/> holds 2 * pairs of them, readable up to the next multiple of 32.</summary>
    public static void Split(SimdLevel level, ref short samples, ref float even, ref float odd, nuint pairs)
    {
        nuint i = 0;
        if (level >= SimdLevel.Vector512 && SimdSupport.Has512)
        {
            for (; i < pairs; i += 16)
            {
                Vector512<int> both = Vector512.LoadUnsafe(ref samples, 2 * i).AsInt32();
                Avx512F.ConvertToVector512Single(Avx512F.ShiftRightArithmetic(Avx512F.ShiftLeftLogical(both, 16), 16)).StoreUnsafe(ref even, i);
                Avx512F.ConvertToVector512Single(Avx512F.ShiftRightArithmetic(both, 16)).StoreUnsafe(ref odd, i);
            }
        }
        else if (level >= SimdLevel.Vector256 && SimdSupport.Has256)
        {
            for (; i < pairs; i += 8)
            {
                Vector256<int> both = Vector256.LoadUnsafe(ref samples, 2 * i).AsInt32();
                Vector256.ConvertToSingle((both << 16) >> 16).StoreUnsafe(ref even, i);
                Vector256.ConvertToSingle(both >> 16).StoreUnsafe(ref odd, i);
            }
        }
        else if (level >= SimdLevel.Vector128 && SimdSupport.Has128 && BitConverter.IsLittleEndian)
        {
            for (; i < pairs; i += 4)
            {
                Vector128<int> both = Vector128.LoadUnsafe(ref samples, 2 * i).AsInt32();
                Vector128.ConvertToSingle((both << 16) >> 16).StoreUnsafe(ref even, i);
                Vector128.ConvertToSingle(both >> 16).StoreUnsafe(ref odd, i);
            }
        }
        else
        {
            for (; i < pairs; i++)
            {
                Unsafe.Add(ref even, i) = Unsafe.Add(ref samples, 2 * i);
                Unsafe.Add(ref odd, i) = Unsafe.Add(ref samples, (2 * i) + 1);
            }
        }
    }

    /// <summary>
    /// Picks every third sample, three ways at once: stream s holds samples[3m + 2 - s], split into even and odd m. <paramref name="samples"/> holds 6 * pairs, readable (and the streams writable) up to the next multiple of 16 pairs;
    /// <paramref name="streams"/> holds even 0, odd 0, even 1, ... each <paramref name="stride"/> long.
    /// </summary>
    public static void SplitByThree(SimdLevel level, ref short samples, ref float streams, nuint stride, nuint pairs)
    {
        nuint i = 0;
        if (level >= SimdLevel.Vector512 && SimdSupport.Has512)
        {
            for (; i < pairs; i += 16)
            {
                SplitByThree512(ref Unsafe.Add(ref samples, 6 * i), ref Unsafe.Add(ref streams, i), stride);
            }
        }
        else if (level >= SimdLevel.Vector256 && SimdSupport.Has256)
        {
            i = GatherByThree(ref samples, ref streams, stride, pairs);
        }

        for (; i < pairs; i++)
        {
            for (nuint s = 0; s < 3; s++)
            {
                Unsafe.Add(ref streams, (2 * s * stride) + i) = Unsafe.Add(ref samples, (6 * i) + 2 - s);
                Unsafe.Add(ref streams, (((2 * s) + 1) * stride) + i) = Unsafe.Add(ref samples, (6 * i) + 5 - s);
            }
        }
    }

    /// <summary>Rounds (to nearest, ties to even), saturates and merges even and odd outputs; writes up to the next multiple of 32 samples.</summary>
    public static void Merge(SimdLevel level, ref float even, ref float odd, ref short samples, nuint pairs)
    {
        nuint i = 0;
        if (level >= SimdLevel.Vector512 && SimdSupport.Has512)
        {
            Vector512<byte> interleave = Vector512.Create(Interleave256, Interleave256);
            for (; i < pairs; i += 16)
            {
                Vector512<short> packed = Avx512BW.PackSignedSaturate(
                    Avx512F.ConvertToVector512Int32(Vector512.LoadUnsafe(ref even, i)), Avx512F.ConvertToVector512Int32(Vector512.LoadUnsafe(ref odd, i)));
                Avx512BW.Shuffle(packed.AsByte(), interleave).AsInt16().StoreUnsafe(ref samples, 2 * i);
            }
        }
        else if (level >= SimdLevel.Vector256 && SimdSupport.Has256)
        {
            for (; i < pairs; i += 8)
            {
                Vector256<short> packed = Avx2.PackSignedSaturate(
                    Avx.ConvertToVector256Int32(Vector256.LoadUnsafe(ref even, i)), Avx.ConvertToVector256Int32(Vector256.LoadUnsafe(ref odd, i)));
                Avx2.Shuffle(packed.AsByte(), Interleave256).AsInt16().StoreUnsafe(ref samples, 2 * i);
            }
        }
        else if (level >= SimdLevel.Vector128 && Ssse3.IsSupported)
        {
            for (; i < pairs; i += 4)
            {
                Vector128<short> packed = Sse2.PackSignedSaturate(
                    Sse2.ConvertToVector128Int32(Vector128.LoadUnsafe(ref even, i)), Sse2.ConvertToVector128Int32(Vector128.LoadUnsafe(ref odd, i)));
                Ssse3.Shuffle(packed.AsByte(), Interleave256.GetLower()).AsInt16().StoreUnsafe(ref samples, 2 * i);
            }
        }
        else
        {
            for (; i < pairs; i++)
            {
                Unsafe.Add(ref samples, 2 * i) = Round(Unsafe.Add(ref even, i));
                Unsafe.Add(ref samples, (2 * i) + 1) = Round(Unsafe.Add(ref odd, i));
            }
        }
    }

    /// <summary>Writes count triples (a[i], b[i], c[i]); the sources are readable up to the next multiple of 32, the destination is written exactly.</summary>
    public static void InterleaveByThree(SimdLevel level, ReadOnlySpan<short> a, ReadOnlySpan<short> b, ReadOnlySpan<short> c, Span<short> destination, int count)
    {
        Debug.Assert(destination.Length >= 3 * count);
        ref short ra = ref MemoryMarshal.GetReference(a);
        ref short rb = ref MemoryMarshal.GetReference(b);
        ref short rc = ref MemoryMarshal.GetReference(c);
        ref short to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        if (level >= SimdLevel.Vector512 && SimdSupport.Has512)
        {
            for (; i <= count - 32; i += 32)
            {
                InterleaveByThree512(Vector512.LoadUnsafe(ref ra, (nuint)i), Vector512.LoadUnsafe(ref rb, (nuint)i), Vector512.LoadUnsafe(ref rc, (nuint)i), ref Unsafe.Add(ref to, 3 * i));
            }
        }
        else if (level >= SimdLevel.Vector128 && Ssse3.IsSupported)
        {
            for (; i <= count - 8; i += 8)
            {
                InterleaveByThree128(Vector128.LoadUnsafe(ref ra, (nuint)i), Vector128.LoadUnsafe(ref rb, (nuint)i), Vector128.LoadUnsafe(ref rc, (nuint)i), ref Unsafe.Add(ref to, 3 * i));
            }
        }

        for (; i < count; i++)
        {
            Unsafe.Add(ref to, 3 * i) = Unsafe.Add(ref ra, i);
            Unsafe.Add(ref to, (3 * i) + 1) = Unsafe.Add(ref rb, i);
            Unsafe.Add(ref to, (3 * i) + 2) = Unsafe.Add(ref rc, i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static short Round(float value) => (short)Math.Clamp(MathF.Round(value), short.MinValue, short.MaxValue);

    /// <summary>Within 128-bit lanes: words 0..3 are even outputs, 4..7 odd ones.</summary>
    private static Vector256<byte> Interleave256 => Vector256.Create(
        (byte)0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15, 0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);

    [SkipLocalsInit]
    private static unsafe nuint GatherByThree(ref short samples, ref float streams, nuint stride, nuint pairs)
    {
        // Six samples of a pair are three ints: (0, 1), (2, 3), (4, 5). Stream s takes 2 - s (even) and 5 - s (odd).
        Vector256<int> index = Vector256.Create(0, 3, 6, 9, 12, 15, 18, 21);
        nuint i = 0;
        fixed (short* at = &samples)
        {
            for (; i + 8 <= pairs; i += 8)
            {
                int* from = (int*)(at + (6 * i));
                Vector256<int> first = Avx2.GatherVector256(from, index, 4);
                Vector256<int> second = Avx2.GatherVector256(from + 1, index, 4);
                Vector256<int> third = Avx2.GatherVector256(from + 2, index, 4);
                Vector256.ConvertToSingle((second << 16) >> 16).StoreUnsafe(ref streams, i);
                Vector256.ConvertToSingle(third >> 16).StoreUnsafe(ref streams, stride + i);
                Vector256.ConvertToSingle(first >> 16).StoreUnsafe(ref streams, (2 * stride) + i);
                Vector256.ConvertToSingle((third << 16) >> 16).StoreUnsafe(ref streams, (3 * stride) + i);
                Vector256.ConvertToSingle((first << 16) >> 16).StoreUnsafe(ref streams, (4 * stride) + i);
                Vector256.ConvertToSingle(second >> 16).StoreUnsafe(ref streams, (5 * stride) + i);
            }
        }

        return i;
    }

    /// <summary>Sixteen pairs: each stream's 32 samples are picked out of three registers, then parted into even and odd.</summary>
    private static void SplitByThree512(ref short samples, ref float streams, nuint stride)
    {
        Vector512<short> a = Vector512.LoadUnsafe(ref samples);
        Vector512<short> b = Vector512.LoadUnsafe(ref samples, 32);
        Vector512<short> c = Vector512.LoadUnsafe(ref samples, 64);
        for (int s = 0; s < 3; s++)
        {
            ref short row = ref MemoryMarshal.GetReference(PickIndices[(s * 96)..]);
            Vector512<short> ab = Avx512BW.PermuteVar32x16x2(a, Vector512.LoadUnsafe(ref row), b);
            Vector512<short> cs = Avx512BW.PermuteVar32x16(c, Vector512.LoadUnsafe(ref row, 32));
            Vector512<int> both = Vector512.ConditionalSelect(Vector512.LoadUnsafe(ref row, 64), cs, ab).AsInt32();
            ref float even = ref Unsafe.Add(ref streams, (nuint)(2 * s) * stride);
            Avx512F.ConvertToVector512Single(Avx512F.ShiftRightArithmetic(Avx512F.ShiftLeftLogical(both, 16), 16)).StoreUnsafe(ref even);
            Avx512F.ConvertToVector512Single(Avx512F.ShiftRightArithmetic(both, 16)).StoreUnsafe(ref even, stride);
        }
    }

    private static readonly short[] s_pickIndices = MakePickIndices();

    /// <summary>For each stream s: where element m, at 3m + 2 - s, lies in a and b, where in c, and the mask of those in c.</summary>
    private static ReadOnlySpan<short> PickIndices => s_pickIndices;

    private static short[] MakePickIndices()
    {
        var indices = new short[3 * 96];
        for (int s = 0; s < 3; s++)
        {
            for (int m = 0; m < 32; m++)
            {
                int at = (3 * m) + 2 - s;
                indices[(s * 96) + m] = (short)(at & 63);
                indices[(s * 96) + 32 + m] = (short)(at & 31);
                indices[(s * 96) + 64 + m] = (short)(at >= 64 ? -1 : 0);
            }
        }

        return indices;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InterleaveByThree512(Vector512<short> a, Vector512<short> b, Vector512<short> c, ref short to)
    {
        // Word w of the result is element w / 3 of source w % 3: two permutes and a blend for each third.
        for (int third = 0; third < 3; third++)
        {
            ref short row = ref MemoryMarshal.GetReference(ThirdIndices[(third * 96)..]);
            Vector512<short> ab = Avx512BW.PermuteVar32x16x2(a, Vector512.LoadUnsafe(ref row), b);
            Vector512<short> cs = Avx512BW.PermuteVar32x16(c, Vector512.LoadUnsafe(ref row, 32));
            Vector512.ConditionalSelect(Vector512.LoadUnsafe(ref row, 64), cs, ab).StoreUnsafe(ref to, (nuint)(32 * third));
        }
    }

    private static readonly short[] s_thirdIndices = MakeThirdIndices();

    /// <summary>For each third: the index into a and b, the index into c, and the mask of c's places.</summary>
    private static ReadOnlySpan<short> ThirdIndices => s_thirdIndices;

    private static short[] MakeThirdIndices()
    {
        var indices = new short[3 * 96];
        for (int w = 0; w < 96; w++)
        {
            int at = ((w / 32) * 96) + (w % 32);
            indices[at] = (short)((w / 3) + (w % 3 == 1 ? 32 : 0));
            indices[at + 32] = (short)(w / 3);
            indices[at + 64] = (short)(w % 3 == 2 ? -1 : 0);
        }

        return indices;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InterleaveByThree128(Vector128<short> a, Vector128<short> b, Vector128<short> c, ref short to)
    {
        // Words: a0 b0 c0 a1 b1 c1 a2 b2 | c2 a3 b3 c3 a4 b4 c4 a5 | b5 c5 a6 b6 c6 a7 b7 c7. 0x80 gives zero.
        const byte Z = 0x80;
        Vector128<byte> r0 = Ssse3.Shuffle(a.AsByte(), Vector128.Create((byte)0, 1, Z, Z, Z, Z, 2, 3, Z, Z, Z, Z, 4, 5, Z, Z))
            | Ssse3.Shuffle(b.AsByte(), Vector128.Create(Z, Z, 0, 1, Z, Z, Z, Z, 2, 3, Z, Z, Z, Z, 4, 5))
            | Ssse3.Shuffle(c.AsByte(), Vector128.Create(Z, Z, Z, Z, 0, 1, Z, Z, Z, Z, 2, 3, Z, Z, Z, Z));
        Vector128<byte> r1 = Ssse3.Shuffle(a.AsByte(), Vector128.Create(Z, Z, 6, 7, Z, Z, Z, Z, 8, 9, Z, Z, Z, Z, 10, 11))
            | Ssse3.Shuffle(b.AsByte(), Vector128.Create(Z, Z, Z, Z, 6, 7, Z, Z, Z, Z, 8, 9, Z, Z, Z, Z))
            | Ssse3.Shuffle(c.AsByte(), Vector128.Create((byte)4, 5, Z, Z, Z, Z, 6, 7, Z, Z, Z, Z, 8, 9, Z, Z));
        Vector128<byte> r2 = Ssse3.Shuffle(a.AsByte(), Vector128.Create(Z, Z, Z, Z, 12, 13, Z, Z, Z, Z, 14, 15, Z, Z, Z, Z))
            | Ssse3.Shuffle(b.AsByte(), Vector128.Create((byte)10, 11, Z, Z, Z, Z, 12, 13, Z, Z, Z, Z, 14, 15, Z, Z))
            | Ssse3.Shuffle(c.AsByte(), Vector128.Create(Z, Z, 10, 11, Z, Z, Z, Z, 12, 13, Z, Z, Z, Z, 14, 15));
        r0.AsInt16().StoreUnsafe(ref to);
        r1.AsInt16().StoreUnsafe(ref to, 8);
        r2.AsInt16().StoreUnsafe(ref to, 16);
    }
}
