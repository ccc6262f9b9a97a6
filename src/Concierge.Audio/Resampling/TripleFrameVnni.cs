using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Concierge.Audio;

/// <summary>
/// The call's own case, as <see cref="TripleFrame512"/> has it, where pairs multiply and add in one instruction (AVX-VNNI): at 256 bits, since .NET offers that instruction no wider.
/// </summary>
/// <remarks>The sums are those of <see cref="FirKernel"/>.</remarks>
internal static class TripleFrameVnni
{
    private const int Past = 48;

    /// <summary>Samples of a pass of three vectors, as many as any filter reaches back.</summary>
    private const int First = 48;

    /// <summary>Whether it can run here.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => SimdSupport.Has256 && AvxVnni.IsSupported;
    }

    /// <summary>Converts one frame.</summary>
    /// <param name="filter">L = 3, M = 1, with a single-tap phase.</param>
    /// <param name="history">The state's samples, fewer than 48.</param>
    /// <param name="source">160 samples.</param>
    /// <param name="destination">Room for 480.</param>
    [SkipLocalsInit]
    public static void Interpolate(PolyphaseFilter filter, ReadOnlySpan<short> history, ref short source, ref short destination)
    {
        // Only the first three of ten vectors reach back before the frame. They come last: by then what is copied for them has left the store buffer.
        Span<short> joint = stackalloc short[Past + First];
        ref short start = ref Unsafe.Add(ref MemoryMarshal.GetReference(joint), Past);
        history.CopyTo(joint[(Past - history.Length)..]);
        for (nuint i = 0; i < First; i += 16)
        {
            Vector256.LoadUnsafe(ref source, i).StoreUnsafe(ref start, i);
        }

        Four(filter.Plan!, ref Unsafe.Add(ref source, 2 * First), filter.ReachInSamples, ref Unsafe.Add(ref destination, 6 * First));
        Three(filter.Plan!, ref Unsafe.Add(ref source, First), filter.ReachInSamples, ref Unsafe.Add(ref destination, 3 * First));
        Three(filter.Plan!, ref start, filter.ReachInSamples, ref destination);
    }

    private static void Four(FirPlan plan, ref short start, int reach, ref short destination)
    {
        Vector256<int> e10 = Vector256.Create(plan.Rounding);
        Vector256<int> o10 = e10;
        Vector256<int> e20 = e10;
        Vector256<int> o20 = e10;
        Vector256<int> e11 = e10;
        Vector256<int> o11 = e10;
        Vector256<int> e21 = e10;
        Vector256<int> o21 = e10;
        Vector256<int> e12 = e10;
        Vector256<int> o12 = e10;
        Vector256<int> e22 = e10;
        Vector256<int> o22 = e10;
        Vector256<int> e13 = e10;
        Vector256<int> o13 = e10;
        Vector256<int> e23 = e10;
        Vector256<int> o23 = e10;
        ref int c = ref MemoryMarshal.GetArrayDataReference(plan.Coefficients);
        FirSegment[] segments = plan.Segments;
        for (int s = 0; s < segments.Length; s++)
        {
            if (s == plan.FineSegments)
            {
                int lower = plan.LowerBits;
                e10 >>= lower;
                o10 >>= lower;
                e20 >>= lower;
                o20 >>= lower;
                e11 >>= lower;
                o11 >>= lower;
                e21 >>= lower;
                o21 >>= lower;
                e12 >>= lower;
                o12 >>= lower;
                e22 >>= lower;
                o22 >>= lower;
                e13 >>= lower;
                o13 >>= lower;
                e23 >>= lower;
                o23 >>= lower;
            }

            ref short x = ref Unsafe.Add(ref start, segments[s].Offset);
            ref int end = ref Unsafe.Add(ref c, 4 * segments[s].Pairs);
            do
            {
                Vector256<short> even1 = Vector256.Create(c).AsInt16();
                Vector256<short> odd1 = Vector256.Create(Unsafe.Add(ref c, 1)).AsInt16();
                Vector256<short> even2 = Vector256.Create(Unsafe.Add(ref c, 2)).AsInt16();
                Vector256<short> odd2 = Vector256.Create(Unsafe.Add(ref c, 3)).AsInt16();
                Vector256<short> at = Vector256.LoadUnsafe(ref x);
                e10 = AvxVnni.MultiplyWideningAndAdd(e10, at, even1);
                o10 = AvxVnni.MultiplyWideningAndAdd(o10, at, odd1);
                e20 = AvxVnni.MultiplyWideningAndAdd(e20, at, even2);
                o20 = AvxVnni.MultiplyWideningAndAdd(o20, at, odd2);
                at = Vector256.LoadUnsafe(ref x, 16);
                e11 = AvxVnni.MultiplyWideningAndAdd(e11, at, even1);
                o11 = AvxVnni.MultiplyWideningAndAdd(o11, at, odd1);
                e21 = AvxVnni.MultiplyWideningAndAdd(e21, at, even2);
                o21 = AvxVnni.MultiplyWideningAndAdd(o21, at, odd2);
                at = Vector256.LoadUnsafe(ref x, 32);
                e12 = AvxVnni.MultiplyWideningAndAdd(e12, at, even1);
                o12 = AvxVnni.MultiplyWideningAndAdd(o12, at, odd1);
                e22 = AvxVnni.MultiplyWideningAndAdd(e22, at, even2);
                o22 = AvxVnni.MultiplyWideningAndAdd(o22, at, odd2);
                at = Vector256.LoadUnsafe(ref x, 48);
                e13 = AvxVnni.MultiplyWideningAndAdd(e13, at, even1);
                o13 = AvxVnni.MultiplyWideningAndAdd(o13, at, odd1);
                e23 = AvxVnni.MultiplyWideningAndAdd(e23, at, even2);
                o23 = AvxVnni.MultiplyWideningAndAdd(o23, at, odd2);
                c = ref Unsafe.Add(ref c, 4);
                x = ref Unsafe.Subtract(ref x, 2);
            }
            while (Unsafe.IsAddressLessThan(ref c, ref end));
        }

        ref short copy = ref Unsafe.Subtract(ref start, reach); // still in the frame, or in what was put together
        Write(ref copy, e10, o10, e20, o20, ref destination);
        Write(ref Unsafe.Add(ref copy, 16), e11, o11, e21, o21, ref Unsafe.Add(ref destination, 48));
        Write(ref Unsafe.Add(ref copy, 32), e12, o12, e22, o22, ref Unsafe.Add(ref destination, 96));
        Write(ref Unsafe.Add(ref copy, 48), e13, o13, e23, o23, ref Unsafe.Add(ref destination, 144));
    }

    private static void Three(FirPlan plan, ref short start, int reach, ref short destination)
    {
        Vector256<int> e10 = Vector256.Create(plan.Rounding);
        Vector256<int> o10 = e10;
        Vector256<int> e20 = e10;
        Vector256<int> o20 = e10;
        Vector256<int> e11 = e10;
        Vector256<int> o11 = e10;
        Vector256<int> e21 = e10;
        Vector256<int> o21 = e10;
        Vector256<int> e12 = e10;
        Vector256<int> o12 = e10;
        Vector256<int> e22 = e10;
        Vector256<int> o22 = e10;
        ref int c = ref MemoryMarshal.GetArrayDataReference(plan.Coefficients);
        FirSegment[] segments = plan.Segments;
        for (int s = 0; s < segments.Length; s++)
        {
            if (s == plan.FineSegments)
            {
                int lower = plan.LowerBits;
                e10 >>= lower;
                o10 >>= lower;
                e20 >>= lower;
                o20 >>= lower;
                e11 >>= lower;
                o11 >>= lower;
                e21 >>= lower;
                o21 >>= lower;
                e12 >>= lower;
                o12 >>= lower;
                e22 >>= lower;
                o22 >>= lower;
            }

            ref short x = ref Unsafe.Add(ref start, segments[s].Offset);
            ref int end = ref Unsafe.Add(ref c, 4 * segments[s].Pairs);
            do
            {
                Vector256<short> even1 = Vector256.Create(c).AsInt16();
                Vector256<short> odd1 = Vector256.Create(Unsafe.Add(ref c, 1)).AsInt16();
                Vector256<short> even2 = Vector256.Create(Unsafe.Add(ref c, 2)).AsInt16();
                Vector256<short> odd2 = Vector256.Create(Unsafe.Add(ref c, 3)).AsInt16();
                Vector256<short> at = Vector256.LoadUnsafe(ref x);
                e10 = AvxVnni.MultiplyWideningAndAdd(e10, at, even1);
                o10 = AvxVnni.MultiplyWideningAndAdd(o10, at, odd1);
                e20 = AvxVnni.MultiplyWideningAndAdd(e20, at, even2);
                o20 = AvxVnni.MultiplyWideningAndAdd(o20, at, odd2);
                at = Vector256.LoadUnsafe(ref x, 16);
                e11 = AvxVnni.MultiplyWideningAndAdd(e11, at, even1);
                o11 = AvxVnni.MultiplyWideningAndAdd(o11, at, odd1);
                e21 = AvxVnni.MultiplyWideningAndAdd(e21, at, even2);
                o21 = AvxVnni.MultiplyWideningAndAdd(o21, at, odd2);
                at = Vector256.LoadUnsafe(ref x, 32);
                e12 = AvxVnni.MultiplyWideningAndAdd(e12, at, even1);
                o12 = AvxVnni.MultiplyWideningAndAdd(o12, at, odd1);
                e22 = AvxVnni.MultiplyWideningAndAdd(e22, at, even2);
                o22 = AvxVnni.MultiplyWideningAndAdd(o22, at, odd2);
                c = ref Unsafe.Add(ref c, 4);
                x = ref Unsafe.Subtract(ref x, 2);
            }
            while (Unsafe.IsAddressLessThan(ref c, ref end));
        }

        ref short copy = ref Unsafe.Subtract(ref start, reach); // still in the frame, or in what was put together
        Write(ref copy, e10, o10, e20, o20, ref destination);
        Write(ref Unsafe.Add(ref copy, 16), e11, o11, e21, o21, ref Unsafe.Add(ref destination, 48));
        Write(ref Unsafe.Add(ref copy, 32), e12, o12, e22, o22, ref Unsafe.Add(ref destination, 96));
    }

    /// <summary>Rounds, saturates and interleaves 16 samples of each phase.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(ref short copy, Vector256<int> e1, Vector256<int> o1, Vector256<int> e2, Vector256<int> o2, ref short to)
    {
        // Words of each 128-bit lane: four of phase 1, then four of phase 2. 0x80 gives zero.
        const byte Z = 0x80;
        Vector256<byte> a = Vector256.LoadUnsafe(ref copy).AsByte();
        Vector256<byte> e = Avx2.PackSignedSaturate(e1 >> FirPlan.FractionBits, e2 >> FirPlan.FractionBits).AsByte();
        Vector256<byte> o = Avx2.PackSignedSaturate(o1 >> FirPlan.FractionBits, o2 >> FirPlan.FractionBits).AsByte();

        // Words: a0 e0 f0 a1 o0 p0 a2 e1 | f1 a3 o1 p1 a4 e2 f2 a5 | o2 p2 a6 e3 f3 a7 o3 p3, where e, o are phase 1's even and odd samples and f, p phase 2's.
        Vector256<byte> r0 = Avx2.Shuffle(a, Twice(Vector128.Create((byte)0, 1, Z, Z, Z, Z, 2, 3, Z, Z, Z, Z, 4, 5, Z, Z)))
            | Avx2.Shuffle(e, Twice(Vector128.Create(Z, Z, 0, 1, 8, 9, Z, Z, Z, Z, Z, Z, Z, Z, 2, 3)))
            | Avx2.Shuffle(o, Twice(Vector128.Create(Z, Z, Z, Z, Z, Z, Z, Z, 0, 1, 8, 9, Z, Z, Z, Z)));
        Vector256<byte> r1 = Avx2.Shuffle(a, Twice(Vector128.Create(Z, Z, 6, 7, Z, Z, Z, Z, 8, 9, Z, Z, Z, Z, 10, 11)))
            | Avx2.Shuffle(e, Twice(Vector128.Create((byte)10, 11, Z, Z, Z, Z, Z, Z, Z, Z, 4, 5, 12, 13, Z, Z)))
            | Avx2.Shuffle(o, Twice(Vector128.Create(Z, Z, Z, Z, 2, 3, 10, 11, Z, Z, Z, Z, Z, Z, Z, Z)));
        Vector256<byte> r2 = Avx2.Shuffle(a, Twice(Vector128.Create(Z, Z, Z, Z, 12, 13, Z, Z, Z, Z, 14, 15, Z, Z, Z, Z)))
            | Avx2.Shuffle(e, Twice(Vector128.Create(Z, Z, Z, Z, Z, Z, 6, 7, 14, 15, Z, Z, Z, Z, Z, Z)))
            | Avx2.Shuffle(o, Twice(Vector128.Create((byte)4, 5, 12, 13, Z, Z, Z, Z, Z, Z, Z, Z, 6, 7, 14, 15)));
        ref byte at = ref Unsafe.As<short, byte>(ref to);
        r0.GetLower().StoreUnsafe(ref at);
        r1.GetLower().StoreUnsafe(ref at, 16);
        r2.GetLower().StoreUnsafe(ref at, 32);
        r0.GetUpper().StoreUnsafe(ref at, 48);
        r1.GetUpper().StoreUnsafe(ref at, 64);
        r2.GetUpper().StoreUnsafe(ref at, 80);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Twice(Vector128<byte> lane) => Vector256.Create(lane, lane);
}
