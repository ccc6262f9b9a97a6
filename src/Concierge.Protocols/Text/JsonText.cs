using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Concierge.Protocols.Text;

/// <summary>JSON string content (RFC 8259 §7) as UTF-8 bytes: escape, unescape, compare. No allocation.</summary>
internal static class JsonText
{
    /// <summary>The bytes that cannot stand for themselves inside a JSON string: the quote, the backslash and the controls below 0x20.</summary>
    internal static readonly SearchValues<byte> Special = SearchValues.Create(
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, (byte)'"', (byte)'\\');

    /// <summary>Length of a string's content that starts at <paramref name="text"/> and needs no unescaping; −1 when an escape, a control or the end of the text comes before the closing quote.</summary>
    internal static int PlainLength(ReadOnlySpan<byte> text)
    {
        int end = IndexOfSpecial(text);
        return end >= 0 && text[end] == (byte)'"' ? end : -1;
    }

    /// <summary>Where the first <see cref="Special"/> byte stands, or −1. Short strings end within one vector, which a general search does not know.</summary>
    internal static int IndexOfSpecial(ReadOnlySpan<byte> text)
    {
        if (!Vector256.IsHardwareAccelerated || text.Length < Vector256<byte>.Count)
        {
            return text.IndexOfAny(Special);
        }

        if (Avx512BW.IsSupported && text.Length >= Vector512<byte>.Count)
        {
            return IndexOfSpecial512(text);
        }

        ref byte start = ref MemoryMarshal.GetReference(text);
        int last = text.Length - Vector256<byte>.Count;
        int at = 0;
        while (true)
        {
            Debug.Assert(at >= 0 && at <= last, "32 bytes are left");
            Vector256<byte> block = Vector256.LoadUnsafe(ref start, (nuint)at);
            Vector256<byte> special = Vector256.Equals(block, Vector256.Create((byte)'"'))
                | Vector256.Equals(block, Vector256.Create((byte)'\\'))
                | Vector256.LessThan(block, Vector256.Create((byte)0x20));
            if (special != Vector256<byte>.Zero)
            {
                return at + BitOperations.TrailingZeroCount(special.ExtractMostSignificantBits());
            }

            if (at == last)
            {
                return -1;
            }

            // The last block overlaps the one before it, whose bytes are known to be plain.
            at = Math.Min(at + Vector256<byte>.Count, last);
        }
    }

    /// <summary>The same on 64 bytes at a time. Asked for by name: where the runtime prefers 256 bits it hides <see cref="Vector512"/>, and compares cost no frequency.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexOfSpecial512(ReadOnlySpan<byte> text)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        int last = text.Length - Vector512<byte>.Count;
        int at = 0;
        while (true)
        {
            Debug.Assert(at >= 0 && at <= last, "64 bytes are left");
            Vector512<byte> block = Vector512.LoadUnsafe(ref start, (nuint)at);
            Vector512<byte> special = Avx512BW.CompareEqual(block, Vector512.Create((byte)'"'))
                | Avx512BW.CompareEqual(block, Vector512.Create((byte)'\\'))
                | Avx512BW.CompareLessThan(block, Vector512.Create((byte)0x20));
            ulong bits = (ulong)Avx512BW.MoveMask(special);
            if (bits != 0)
            {
                return at + BitOperations.TrailingZeroCount(bits);
            }

            if (at == last)
            {
                return -1;
            }

            at = Math.Min(at + Vector512<byte>.Count, last);
        }
    }

    /// <summary>Not zero where a block is not what stands at <paramref name="at"/> in <paramref name="parts"/>, zeros there left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<byte> Difference(Vector512<byte> block, ReadOnlySpan<byte> parts, int at)
    {
        Debug.Assert(at >= 0 && at <= parts.Length - 64, "64 bytes are left");
        Vector512<byte> part = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(parts), (nuint)at);
        return Avx512BW.Min(block ^ part, part);
    }

    /// <summary>
    /// Reads 1 to 7 decimal digits that something else follows, all at once: the eight bytes are digits minus '0' in a word, first digit lowest, and pairs, then fours, add up.
    /// </summary>
    /// <returns>How many digits; 0 when there is none, or there are more, or fewer than 8 bytes are left to look at.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int ReadShortNumber(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.Length < sizeof(ulong))
        {
            return 0;
        }

        ulong digits = BinaryPrimitives.ReadUInt64LittleEndian(text) ^ 0x3030_3030_3030_3030;

        // The top bit of each byte says "10 or more"; a carry out of one spoils only those behind it, which nobody asks.
        ulong others = ((digits + 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080;
        int count = BitOperations.TrailingZeroCount(others) >> 3;
        if (count is 0 or 8)
        {
            return 0;
        }

        digits <<= 64 - (8 * count);
        digits = (digits * 10) + (digits >> 8);
        value = (long)((((digits & 0x0000_00FF_0000_00FF) * 0x000F_4240_0000_0064) + (((digits >> 16) & 0x0000_00FF_0000_00FF) * 0x0000_2710_0000_0001)) >> 32);
        return count;
    }

    /// <summary>Bytes that <paramref name="text"/> takes as JSON string content.</summary>
    internal static int EscapedLength(ReadOnlySpan<byte> text)
    {
        int length = text.Length;
        for (int at = IndexOfSpecial(text); at >= 0;)
        {
            length += ShortEscape(text[at]) != 0 ? 1 : 5;
            text = text[(at + 1)..];
            at = IndexOfSpecial(text);
        }

        return length;
    }

    /// <summary>Writes <paramref name="text"/> as JSON string content; <paramref name="destination"/> holds at least <see cref="EscapedLength"/> bytes.</summary>
    /// <returns>Bytes written.</returns>
    internal static int WriteEscaped(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        int written = 0;
        while (true)
        {
            int at = IndexOfSpecial(text);
            ReadOnlySpan<byte> plain = at < 0 ? text : text[..at];
            plain.CopyTo(destination[written..]);
            written += plain.Length;
            if (at < 0)
            {
                return written;
            }

            byte value = text[at];
            byte letter = ShortEscape(value);
            destination[written++] = (byte)'\\';
            if (letter != 0)
            {
                destination[written++] = letter;
            }
            else
            {
                "u00"u8.CopyTo(destination[written..]);
                destination[written + 3] = Hex(value >> 4);
                destination[written + 4] = Hex(value & 0xF);
                written += 5;
            }

            text = text[(at + 1)..];
        }
    }

    /// <summary>Unescapes JSON string content. The output is never longer than the input.</summary>
    /// <returns>False when the content ends inside an escape, an escape is unknown, or a surrogate stands alone (RFC 8259 §8.2).</returns>
    internal static bool TryUnescape(ReadOnlySpan<byte> raw, Span<byte> destination, out int written)
    {
        Debug.Assert(destination.Length >= raw.Length, "unescaping never grows");
        written = 0;
        while (true)
        {
            int at = raw.IndexOf((byte)'\\');
            ReadOnlySpan<byte> plain = at < 0 ? raw : raw[..at];
            plain.CopyTo(destination[written..]);
            written += plain.Length;
            if (at < 0)
            {
                return true;
            }

            raw = raw[at..];
            if (!TryReadEscape(raw, out Rune rune, out int consumed))
            {
                written = 0;
                return false;
            }

            written += rune.EncodeToUtf8(destination[written..]);
            raw = raw[consumed..];
        }
    }

    /// <summary>Reads one escape, which starts with the backslash at <c>raw[0]</c>; a surrogate pair counts as one.</summary>
    internal static bool TryReadEscape(ReadOnlySpan<byte> raw, out Rune rune, out int consumed)
    {
        rune = default;
        consumed = 2;
        if (raw.Length < 2)
        {
            return false;
        }

        switch (raw[1])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/':
                rune = new Rune((char)raw[1]);
                return true;
            case (byte)'b':
                rune = new Rune('\b');
                return true;
            case (byte)'f':
                rune = new Rune('\f');
                return true;
            case (byte)'n':
                rune = new Rune('\n');
                return true;
            case (byte)'r':
                rune = new Rune('\r');
                return true;
            case (byte)'t':
                rune = new Rune('\t');
                return true;
            case (byte)'u':
                break;
            default:
                return false;
        }

        if (!TryReadHex(raw[2..], out ushort first))
        {
            return false;
        }

        consumed = 6;
        if (!char.IsSurrogate((char)first))
        {
            rune = new Rune((char)first);
            return true;
        }

        if (raw.Length < 12 || raw[6] != (byte)'\\' || raw[7] != (byte)'u' || !TryReadHex(raw[8..], out ushort second))
        {
            return false;
        }

        consumed = 12;
        return Rune.TryCreate((char)first, (char)second, out rune);
    }

    /// <summary>Whether string content, escaped or not, says exactly <paramref name="expected"/> (at most 64 bytes).</summary>
    internal static bool Equals(ReadOnlySpan<byte> raw, bool hasEscapes, ReadOnlySpan<byte> expected)
    {
        if (!hasEscapes)
        {
            return raw.SequenceEqual(expected);
        }

        Debug.Assert(expected.Length <= 64, "names of the wire are short");
        if (raw.Length > expected.Length * 6)
        {
            return false;
        }

        Span<byte> scratch = stackalloc byte[64 * 6];
        return TryUnescape(raw, scratch, out int written) && scratch[..written].SequenceEqual(expected);
    }

    /// <summary>Reads an unsigned decimal integer: digits only, leading zeros allowed, at most <see cref="long.MaxValue"/>.</summary>
    internal static WireError ReadInteger(ReadOnlySpan<byte> digits, out long value)
    {
        value = 0;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return WireError.WrongType;
        }

        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value) ? WireError.None : WireError.OutOfRange;
    }

    private static bool TryReadHex(ReadOnlySpan<byte> raw, out ushort value)
    {
        value = 0;
        return raw.Length >= 4
            && !raw[..4].ContainsAny((byte)' ', (byte)'+', (byte)'-')
            && ushort.TryParse(raw[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static byte ShortEscape(byte value) => value switch
    {
        (byte)'"' => (byte)'"',
        (byte)'\\' => (byte)'\\',
        (byte)'\b' => (byte)'b',
        (byte)'\f' => (byte)'f',
        (byte)'\n' => (byte)'n',
        (byte)'\r' => (byte)'r',
        (byte)'\t' => (byte)'t',
        _ => 0,
    };

    private static byte Hex(int nibble) => (byte)(nibble < 10 ? '0' + nibble : 'a' + nibble - 10);
}
