using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Concierge.WebSockets;

/// <summary>Masking (RFC 6455 §5.3): octet i is combined by XOR with octet i mod 4 of the key. Its own inverse.</summary>
public static class WebSocketMask
{
    /// <summary>Masks or unmasks in place.</summary>
    /// <param name="data">The octets.</param>
    /// <param name="key">The key for the first octet of <paramref name="data"/> in its lowest byte.</param>
    /// <returns>The key turned so that its lowest byte belongs to the octet after <paramref name="data"/>.</returns>
    public static uint Apply(Span<byte> data, uint key) => Apply(data, data, key);

    /// <summary>Copies and masks in one pass.</summary>
    /// <param name="source">The octets.</param>
    /// <param name="destination">At least as long; either the same memory as <paramref name="source"/> or apart from it.</param>
    /// <param name="key">The key for the first octet of <paramref name="source"/> in its lowest byte.</param>
    /// <returns>The key turned so that its lowest byte belongs to the octet after <paramref name="source"/>.</returns>
    public static uint Apply(ReadOnlySpan<byte> source, Span<byte> destination, uint key) => Apply(source, destination, key, out _);

    /// <summary>As <see cref="Apply(ReadOnlySpan{byte}, Span{byte}, uint)"/>, and tells whether the result is ASCII: text that needs no look of its own at whether it is UTF-8.</summary>
    internal static uint Apply(ReadOnlySpan<byte> source, Span<byte> destination, uint key, out bool isAscii)
    {
        if (destination.Length < source.Length)
        {
            ThrowTooShort();
        }

        if (!BitConverter.IsLittleEndian)
        {
            key = ApplyScalar(source, destination, key);
            isAscii = Ascii.IsValid(destination[..source.Length]);
            return key;
        }

        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        nuint length = (nuint)source.Length;

        // Asked for by name: where the runtime prefers 256 bits it hides Vector512, and XOR costs no frequency.
        isAscii = Avx512BW.IsSupported && length >= 64 ? Apply512(ref from, ref to, length, key)
            : Vector256.IsHardwareAccelerated && length >= 32 ? Apply256(ref from, ref to, length, key)
            : Vector128.IsHardwareAccelerated && length >= 16 ? Apply128(ref from, ref to, length, key)
            : ApplyShort(ref from, ref to, length, key);
        return Turn(key, length);
    }

    /// <summary>The key that belongs to the octet at <paramref name="position"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Turn(uint key, nuint position) => BitOperations.RotateRight(key, 8 * (int)(position & 3));

    // The last block overlaps the one before it, and is read before anything is written: the source may be the destination. Blocks are multiples of four octets, so that the key keeps its phase.

    private static bool Apply512(ref byte from, ref byte to, nuint length, uint key)
    {
        nuint last = length - 64;
        Vector512<byte> mask = Vector512.Create(key).AsByte();
        Vector512<byte> tail = Vector512.LoadUnsafe(ref from, last) ^ Vector512.Create(Turn(key, last)).AsByte();
        Vector512<byte> seen = tail;
        for (nuint i = 0; i < last; i += 64)
        {
            Vector512<byte> next = Vector512.LoadUnsafe(ref from, i) ^ mask;
            next.StoreUnsafe(ref to, i);
            seen |= next;
        }

        tail.StoreUnsafe(ref to, last);
        return Avx512BW.MoveMask(seen) == 0;
    }

    private static bool Apply256(ref byte from, ref byte to, nuint length, uint key)
    {
        nuint last = length - 32;
        Vector256<byte> mask = Vector256.Create(key).AsByte();
        Vector256<byte> tail = Vector256.LoadUnsafe(ref from, last) ^ Vector256.Create(Turn(key, last)).AsByte();
        Vector256<byte> seen = tail;
        for (nuint i = 0; i < last; i += 32)
        {
            Vector256<byte> next = Vector256.LoadUnsafe(ref from, i) ^ mask;
            next.StoreUnsafe(ref to, i);
            seen |= next;
        }

        tail.StoreUnsafe(ref to, last);
        return seen.ExtractMostSignificantBits() == 0;
    }

    private static bool Apply128(ref byte from, ref byte to, nuint length, uint key)
    {
        nuint last = length - 16;
        Vector128<byte> mask = Vector128.Create(key).AsByte();
        Vector128<byte> tail = Vector128.LoadUnsafe(ref from, last) ^ Vector128.Create(Turn(key, last)).AsByte();
        Vector128<byte> seen = tail;
        for (nuint i = 0; i < last; i += 16)
        {
            Vector128<byte> next = Vector128.LoadUnsafe(ref from, i) ^ mask;
            next.StoreUnsafe(ref to, i);
            seen |= next;
        }

        tail.StoreUnsafe(ref to, last);
        return seen.ExtractMostSignificantBits() == 0;
    }

    /// <summary>A few octets, or any number where there are no vectors.</summary>
    private static bool ApplyShort(ref byte from, ref byte to, nuint length, uint key)
    {
        nuint i = 0;
        uint seen = 0;
        for (; i + 4 <= length; i += 4)
        {
            uint word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, i)) ^ key;
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i), word);
            seen |= word;
        }

        for (; i < length; i++)
        {
            byte octet = (byte)(Unsafe.Add(ref from, i) ^ key);
            Unsafe.Add(ref to, i) = octet;
            seen |= octet;
            key = BitOperations.RotateRight(key, 8);
        }

        return (seen & 0x8080_8080) == 0;
    }

    /// <summary>The same, octet by octet: the oracle of the vector form.</summary>
    internal static uint ApplyScalar(ReadOnlySpan<byte> source, Span<byte> destination, uint key)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = (byte)(source[i] ^ key);
            key = BitOperations.RotateRight(key, 8);
        }

        return key;
    }

    private static void ThrowTooShort() => throw new ArgumentException("The destination is shorter than the source.");
}
