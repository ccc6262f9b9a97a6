using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>The data movements around <see cref="FirKernel"/>: dealing samples out to branches, interleaving phases.</summary>
internal static class SampleShuffle
{
    /// <summary>
    /// Picks every third sample, three ways at once: stream s holds samples[3m + 2 - s]. <paramref name="samples"/> holds 3 * count, readable, and the streams (each <paramref name="stride"/> long)
    /// writable, up to the next multiple of 32 of the count.
    /// </summary>
    public static void DealByThree(SimdLevel level, ref short samples, ref short streams, nuint stride, int count)
    {
        int i = 0;
        if (level >= SimdLevel.Vector512 && SimdSupport.Has512)
        {
            for (; i < count; i += 32)
            {
                DealByThree512(ref Unsafe.Add(ref samples, 3 * i), ref Unsafe.Add(ref streams, i), stride);
            }
        }
        else if (level >= SimdLevel.Vector128 && SimdSupport.Has128)
        {
            for (; i < count; i += 8)
            {
                DealByThree128(ref Unsafe.Add(ref samples, 3 * i), ref Unsafe.Add(ref streams, i), stride);
            }
        }

        for (; i < count; i++)
        {
            Unsafe.Add(ref streams, i) = Unsafe.Add(ref samples, (3 * i) + 2);
            Unsafe.Add(ref streams, stride + (nuint)i) = Unsafe.Add(ref samples, (3 * i) + 1);
            Unsafe.Add(ref streams, (2 * stride) + (nuint)i) = Unsafe.Add(ref samples, 3 * i);
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
        if (level >= SimdLevel.Vector128 && SimdSupport.Has128)
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

    /// <summary>The bytes at these places; 0x80 gives zero: to pshufb by its top bit, to tbl as a place beyond the register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Pick(Vector128<byte> from, Vector128<byte> places) =>
        Ssse3.IsSupported ? Ssse3.Shuffle(from, places) : AdvSimd.Arm64.VectorTableLookup(from, places);

    /// <summary>Eight triples: each stream's samples are shuffled out of three registers. 0x80 gives zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DealByThree128(ref short samples, ref short streams, nuint stride)
    {
        const byte Z = 0x80;
        Vector128<byte> a = Vector128.LoadUnsafe(ref samples).AsByte();
        Vector128<byte> b = Vector128.LoadUnsafe(ref samples, 8).AsByte();
        Vector128<byte> c = Vector128.LoadUnsafe(ref samples, 16).AsByte();
        Vector128<byte> first = Pick(a, Vector128.Create((byte)4, 5, 10, 11, Z, Z, Z, Z, Z, Z, Z, Z, Z, Z, Z, Z))
            | Pick(b, Vector128.Create(Z, Z, Z, Z, 0, 1, 6, 7, 12, 13, Z, Z, Z, Z, Z, Z))
            | Pick(c, Vector128.Create(Z, Z, Z, Z, Z, Z, Z, Z, Z, Z, 2, 3, 8, 9, 14, 15));
        Vector128<byte> second = Pick(a, Vector128.Create((byte)2, 3, 8, 9, 14, 15, Z, Z, Z, Z, Z, Z, Z, Z, Z, Z))
            | Pick(b, Vector128.Create(Z, Z, Z, Z, Z, Z, 4, 5, 10, 11, Z, Z, Z, Z, Z, Z))
            | Pick(c, Vector128.Create(Z, Z, Z, Z, Z, Z, Z, Z, Z, Z, 0, 1, 6, 7, 12, 13));
        Vector128<byte> third = Pick(a, Vector128.Create((byte)0, 1, 6, 7, 12, 13, Z, Z, Z, Z, Z, Z, Z, Z, Z, Z))
            | Pick(b, Vector128.Create(Z, Z, Z, Z, Z, Z, 2, 3, 8, 9, 14, 15, Z, Z, Z, Z))
            | Pick(c, Vector128.Create(Z, Z, Z, Z, Z, Z, Z, Z, Z, Z, Z, Z, 4, 5, 10, 11));
        first.AsInt16().StoreUnsafe(ref streams);
        second.AsInt16().StoreUnsafe(ref streams, stride);
        third.AsInt16().StoreUnsafe(ref streams, 2 * stride);
    }

    /// <summary>Thirty-two triples: each stream's samples are picked out of three registers.</summary>
    private static void DealByThree512(ref short samples, ref short streams, nuint stride)
    {
        Vector512<short> a = Vector512.LoadUnsafe(ref samples);
        Vector512<short> b = Vector512.LoadUnsafe(ref samples, 32);
        Vector512<short> c = Vector512.LoadUnsafe(ref samples, 64);
        ref short row = ref MemoryMarshal.GetReference(Deal);
        for (nuint s = 0; s < 3; s++)
        {
            Vector512<short> ab = Avx512BW.PermuteVar32x16x2(a, Vector512.LoadUnsafe(ref row, 64 * s), b);
            Avx512BW.PermuteVar32x16x2(ab, Vector512.LoadUnsafe(ref row, (64 * s) + 32), c).StoreUnsafe(ref streams, s * stride);
        }
    }

    /// <summary>For each stream s: where element m, sample 3m + 2 - s, lies in the first two registers, and then in what they gave and the third.</summary>
    private static ReadOnlySpan<short> Deal =>
    [
        2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 32, 35, 38, 41, 44, 47, 50, 53, 56, 59, 62, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 33, 36, 39, 42, 45, 48, 51, 54, 57, 60, 63,
        1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 34, 37, 40, 43, 46, 49, 52, 55, 58, 61, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 32, 35, 38, 41, 44, 47, 50, 53, 56, 59, 62,
        0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39, 42, 45, 48, 51, 54, 57, 60, 63, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 34, 37, 40, 43, 46, 49, 52, 55, 58, 61,
    ];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InterleaveByThree128(Vector128<short> a, Vector128<short> b, Vector128<short> c, ref short to)
    {
        // Words: a0 b0 c0 a1 b1 c1 a2 b2 | c2 a3 b3 c3 a4 b4 c4 a5 | b5 c5 a6 b6 c6 a7 b7 c7. 0x80 gives zero.
        const byte Z = 0x80;
        Vector128<byte> r0 = Pick(a.AsByte(), Vector128.Create((byte)0, 1, Z, Z, Z, Z, 2, 3, Z, Z, Z, Z, 4, 5, Z, Z))
            | Pick(b.AsByte(), Vector128.Create(Z, Z, 0, 1, Z, Z, Z, Z, 2, 3, Z, Z, Z, Z, 4, 5))
            | Pick(c.AsByte(), Vector128.Create(Z, Z, Z, Z, 0, 1, Z, Z, Z, Z, 2, 3, Z, Z, Z, Z));
        Vector128<byte> r1 = Pick(a.AsByte(), Vector128.Create(Z, Z, 6, 7, Z, Z, Z, Z, 8, 9, Z, Z, Z, Z, 10, 11))
            | Pick(b.AsByte(), Vector128.Create(Z, Z, Z, Z, 6, 7, Z, Z, Z, Z, 8, 9, Z, Z, Z, Z))
            | Pick(c.AsByte(), Vector128.Create((byte)4, 5, Z, Z, Z, Z, 6, 7, Z, Z, Z, Z, 8, 9, Z, Z));
        Vector128<byte> r2 = Pick(a.AsByte(), Vector128.Create(Z, Z, Z, Z, 12, 13, Z, Z, Z, Z, 14, 15, Z, Z, Z, Z))
            | Pick(b.AsByte(), Vector128.Create((byte)10, 11, Z, Z, Z, Z, 12, 13, Z, Z, Z, Z, 14, 15, Z, Z))
            | Pick(c.AsByte(), Vector128.Create(Z, Z, 10, 11, Z, Z, Z, Z, 12, 13, Z, Z, Z, Z, 14, 15));
        r0.AsInt16().StoreUnsafe(ref to);
        r1.AsInt16().StoreUnsafe(ref to, 8);
        r2.AsInt16().StoreUnsafe(ref to, 16);
    }
}
