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
        nuint i = 0;
        nuint length = (nuint)source.Length;
        Vector128<byte> seen = Vector128<byte>.Zero;
        uint tail = 0;

        // Every step is a multiple of four octets, so the key keeps its phase until the scalar tail.
        // Asked for by name: where the runtime prefers 256 bits it hides Vector512, and XOR costs no frequency.
        if (Avx512F.IsSupported && length >= 64)
        {
            Vector512<byte> mask = Vector512.Create(key).AsByte();
            Vector512<byte> all = Vector512<byte>.Zero;
            for (; i + 64 <= length; i += 64)
            {
                Vector512<byte> next = Vector512.LoadUnsafe(ref from, i) ^ mask;
                next.StoreUnsafe(ref to, i);
                all |= next;
            }

            seen |= all.GetLower().GetLower() | all.GetLower().GetUpper() | all.GetUpper().GetLower() | all.GetUpper().GetUpper();
        }

        if (Vector256.IsHardwareAccelerated && i + 32 <= length)
        {
            Vector256<byte> mask = Vector256.Create(key).AsByte();
            Vector256<byte> all = Vector256<byte>.Zero;
            for (; i + 32 <= length; i += 32)
            {
                Vector256<byte> next = Vector256.LoadUnsafe(ref from, i) ^ mask;
                next.StoreUnsafe(ref to, i);
                all |= next;
            }

            seen |= all.GetLower() | all.GetUpper();
        }

        if (Vector128.IsHardwareAccelerated && i + 16 <= length)
        {
            Vector128<byte> mask = Vector128.Create(key).AsByte();
            Vector128<byte> all = Vector128<byte>.Zero;
            for (; i + 16 <= length; i += 16)
            {
                Vector128<byte> next = Vector128.LoadUnsafe(ref from, i) ^ mask;
                next.StoreUnsafe(ref to, i);
                all |= next;
            }

            seen |= all;
        }

        for (; i + 4 <= length; i += 4)
        {
            uint word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, i)) ^ key;
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i), word);
            tail |= word;
        }

        for (; i < length; i++)
        {
            byte octet = (byte)(Unsafe.Add(ref from, i) ^ key);
            Unsafe.Add(ref to, i) = octet;
            tail |= octet;
            key = BitOperations.RotateRight(key, 8);
        }

        isAscii = (tail & 0x8080_8080) == 0 && (seen & Vector128.Create((byte)0x80)) == Vector128<byte>.Zero;
        return key;
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
