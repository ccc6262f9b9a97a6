using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Concierge.Protocols.Text;

namespace Concierge.Protocols;

/// <summary>
/// Base64 (RFC 4648 §4) as it stands between the quotes of a JSON string, where a slash may be written <c>\/</c> and any character <c>\u002b</c>.
/// Strict: padding is required, white space is an error, and an error gives no bytes at all, so that no noise reaches an ear.
/// </summary>
public static partial class Base64Text
{
    /// <summary>Characters unescaped per round when a text has escapes; a multiple of 4.</summary>
    private const int Round = 1024;

    /// <summary>An upper bound for the decoded bytes of a text, escapes or not.</summary>
    /// <param name="textLength">Bytes of base64 text, at least 0.</param>
    /// <returns>Decoded bytes at most.</returns>
    public static int MaximumDecodedLength(int textLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(textLength);
        return (int)(((long)textLength + 3) / 4 * 3);
    }

    /// <summary>The decoded length that an escape-free text has if it is valid base64; looks at its length and its last two characters only.</summary>
    /// <param name="text">Base64 text without JSON escapes.</param>
    /// <returns>Bytes that <see cref="Decode"/> would write.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DecodedLength(ReadOnlySpan<byte> text)
    {
        int padding = text.EndsWith("=="u8) ? 2 : text.EndsWith("="u8) ? 1 : 0;
        return Math.Max(0, (text.Length / 4 * 3) - padding);
    }

    /// <summary>Whether an escape-free text is strict base64, without decoding it: what pass-through needs before it forwards a payload as it stands.</summary>
    /// <param name="text">Base64 text without JSON escapes; the empty text is valid.</param>
    /// <returns>True when <see cref="Decode"/> would succeed.</returns>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        if ((text.Length & 3) != 0)
        {
            return false;
        }

        if (!Vector256.IsHardwareAccelerated || text.Length < Vector256<byte>.Count + 2)
        {
            return Base64.IsValid(text, out int decoded) && decoded == DecodedLength(text);
        }

        // What stands before one or two signs of padding are letters of the alphabet; a third sign is none.
        int padding = text[^1] != (byte)'=' ? 0 : text[^2] != (byte)'=' ? 1 : 2;
        text = text[..^padding];
        return EndsCleanly(text[^1], padding) && (Avx512BW.IsSupported && text.Length >= Vector512<byte>.Count ? AreLetters512(text) : IsAlphabet256(text));
    }

    /// <summary>Decodes base64 text that may contain JSON escapes.</summary>
    /// <param name="text">The content of the JSON string, without its quotes.</param>
    /// <param name="hasEscapes">Whether <paramref name="text"/> may contain backslashes.</param>
    /// <param name="destination">Receives the bytes; <see cref="MaximumDecodedLength"/> bytes always suffice. Its content is undefined after an error.</param>
    /// <param name="written">Bytes written; 0 after an error.</param>
    /// <returns><see cref="Base64TextError.None"/>, or why nothing was decoded.</returns>
    public static Base64TextError Decode(ReadOnlySpan<byte> text, bool hasEscapes, Span<byte> destination, out int written)
    {
        return hasEscapes ? DecodeSlow(text, destination, out written) : DecodePlain(text, destination, out written);
    }

    /// <summary>Encodes with padding, and masks on the way.</summary>
    /// <param name="source">Octets.</param>
    /// <param name="destination">At least as long as the text: four letters for each three octets begun.</param>
    /// <param name="maskKey">Combined with the letters by XOR, its lowest byte with the first, fifth and so on (RFC 6455 §5.3); 0 leaves the text as it is.</param>
    /// <returns>Letters written, a multiple of 4: the key's phase is the same behind the text.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> destination, uint maskKey)
    {
        int length = Base64.GetMaxEncodedToUtf8Length(source.Length);
        if (destination.Length < length)
        {
            ThrowTooShort();
        }

        int whole = source.Length / 3 * 3;
        if (!Avx512Vbmi.IsSupported || whole < BlockOctets || source.Length < BlockLetters)
        {
            Base64.EncodeToUtf8(source, destination, out _, out _);
            Mask(destination[..length], maskKey);
            return length;
        }

        EncodeVbmi(ref MemoryMarshal.GetReference(source), source.Length, whole, ref MemoryMarshal.GetReference(destination), maskKey);
        if (whole < source.Length)
        {
            EncodePadded(source[whole..], destination[(length - 4)..], maskKey);
        }

        return length;
    }

    /// <summary>
    /// Where the first byte stands that ends or changes a JSON string, or −1, as <see cref="JsonText.IndexOfSpecial"/>; and whether what stands before it was seen to be strict base64 on
    /// the way. False says nothing.
    /// </summary>
    internal static int IndexOfSpecial(ReadOnlySpan<byte> text, out bool isBase64)
    {
        isBase64 = false;
        if (!Avx512BW.IsSupported || text.Length < Vector512<byte>.Count)
        {
            return JsonText.IndexOfSpecial(text);
        }

        // No letter of the alphabet is special, nor is padding.
        int letters = IndexOfOther512(text);
        if (letters < 0)
        {
            return -1;
        }

        int end = letters;
        while (end < text.Length && text[end] == (byte)'=' && end < letters + 2)
        {
            end++;
        }

        if (end == text.Length || text[end] != (byte)'"')
        {
            int more = JsonText.IndexOfSpecial(text[letters..]);
            return more < 0 ? -1 : letters + more;
        }

        isBase64 = (end & 3) == 0 && EndsCleanly(letters == 0 ? (byte)'=' : text[letters - 1], end - letters);
        return end;
    }

    /// <summary>
    /// Whether what ends here, after at least three bytes, may be the end of strict base64 as far as the last two and padding say. Padded, the low bits of the last letter must be zero
    /// (RFC 4648 §3.5): two of them before one sign of padding, four before two.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool EndsCleanly(ref byte end)
    {
        byte last = Unsafe.Add(ref end, -1), other = Unsafe.Add(ref end, -2);
        return last != (byte)'=' ? (Sextet(last) | Sextet(other)) >= 0 : other != (byte)'=' ? EndsCleanly(other, 1) : EndsCleanly(Unsafe.Add(ref end, -3), 2);
    }

    /// <summary>The same for a last letter and the signs of padding behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool EndsCleanly(byte last, int padding)
    {
        if (padding == 0)
        {
            return true;
        }

        // A bit for each of AEIMQUYcgkosw048, or of AQgw: bits 0..63 stand for themselves, the upper half for 64 and on.
        ulong clean = padding == 1
            ? last < 64 ? 0x0111_0000_0000_0000UL : 0x0088_8888_0222_2222UL
            : last < 64 ? 0UL : 0x0080_0080_0002_0002UL;
        return last < 128 && ((clean >> (last & 63)) & 1) != 0;
    }

    /// <summary>Whether all bytes are of the alphabet <c>A-Z a-z 0-9 + /</c>; the slash stands right before the digits.</summary>
    private static bool IsAlphabet256(ReadOnlySpan<byte> text)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        int last = text.Length - Vector256<byte>.Count;
        for (int at = 0; ; at = Math.Min(at + Vector256<byte>.Count, last))
        {
            Debug.Assert(at >= 0 && at <= last, "32 bytes are left");
            Vector256<byte> block = Vector256.LoadUnsafe(ref start, (nuint)at);
            Vector256<byte> valid = Vector256.LessThanOrEqual((block | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'), Vector256.Create((byte)25))
                | Vector256.LessThanOrEqual(block - Vector256.Create((byte)'/'), Vector256.Create((byte)10))
                | Vector256.Equals(block, Vector256.Create((byte)'+'));
            if (valid != Vector256<byte>.AllBitsSet)
            {
                return false;
            }

            if (at == last)
            {
                return true;
            }
        }
    }

    /// <summary>Whether all of 64 bytes and more are of the alphabet, on 64 at a time; the last block overlaps the one before it.</summary>
    internal static bool AreLetters512(ReadOnlySpan<byte> text)
    {
        if (!Avx512Vbmi.IsSupported)
        {
            return IndexOfOther512(text) < 0;
        }

        ref byte start = ref MemoryMarshal.GetReference(text);
        Vector512<byte> lower = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(Sextets)), upper = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(Sextets), 64);
        int last = text.Length - Vector512<byte>.Count;
        Debug.Assert(last >= 0, "64 bytes are left");
        Vector512<byte> block = Vector512.LoadUnsafe(ref start, (nuint)last);
        Vector512<byte> others = block | Avx512Vbmi.PermuteVar64x8x2(lower, block, upper);
        for (int at = 0; at < last; at += Vector512<byte>.Count)
        {
            block = Vector512.LoadUnsafe(ref start, (nuint)at);
            others |= block | Avx512Vbmi.PermuteVar64x8x2(lower, block, upper);
        }

        return others.ExtractMostSignificantBits() == 0;
    }

    /// <summary>Where the first byte stands that is not of the alphabet, or −1, on 64 bytes at a time; the last block overlaps the one before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexOfOther512(ReadOnlySpan<byte> text)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        int last = text.Length - Vector512<byte>.Count;
        for (int at = 0; ; at = Math.Min(at + Vector512<byte>.Count, last))
        {
            Debug.Assert(at >= 0 && at <= last, "64 bytes are left");
            ulong bits = OthersOf64(Vector512.LoadUnsafe(ref start, (nuint)at));
            if (bits != 0)
            {
                return at + BitOperations.TrailingZeroCount(bits);
            }

            if (at == last)
            {
                return -1;
            }
        }
    }

    /// <summary>Bit n: byte n is not of the alphabet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong OthersOf64(Vector512<byte> block)
    {
        if (Avx512Vbmi.IsSupported)
        {
            ref byte sextets = ref MemoryMarshal.GetReference(Sextets);
            return (block | Avx512Vbmi.PermuteVar64x8x2(Vector512.LoadUnsafe(ref sextets), block, Vector512.LoadUnsafe(ref sextets, 64))).ExtractMostSignificantBits();
        }

        Vector512<byte> valid = Avx512BW.CompareLessThanOrEqual((block | Vector512.Create((byte)0x20)) - Vector512.Create((byte)'a'), Vector512.Create((byte)25))
            | Avx512BW.CompareLessThanOrEqual(block - Vector512.Create((byte)'/'), Vector512.Create((byte)10))
            | Avx512BW.CompareEqual(block, Vector512.Create((byte)'+'));
        return ~(ulong)Avx512BW.MoveMask(valid);
    }

    /// <summary>Masks whole groups of four letters in place.</summary>
    private static void Mask(Span<byte> letters, uint maskKey)
    {
        if (maskKey == 0)
        {
            return;
        }

        uint word = BitConverter.IsLittleEndian ? maskKey : BinaryPrimitives.ReverseEndianness(maskKey);
        Span<uint> groups = MemoryMarshal.Cast<byte, uint>(letters);
        int at = 0;
        for (; Vector.IsHardwareAccelerated && at <= groups.Length - Vector<uint>.Count; at += Vector<uint>.Count)
        {
            (new Vector<uint>(groups[at..]) ^ new Vector<uint>(word)).CopyTo(groups[at..]);
        }

        for (; at < groups.Length; at++)
        {
            groups[at] ^= word;
        }
    }

    private static void ThrowTooShort() => throw new ArgumentException("The destination is shorter than the text.");

    /// <summary>Encodes the last one or two octets.</summary>
    private static void EncodePadded(ReadOnlySpan<byte> octets, Span<byte> destination, uint maskKey)
    {
        int bits = (octets[0] << 16) | (octets.Length > 1 ? octets[1] << 8 : 0);
        int third = octets.Length > 1 ? Alphabet[(bits >> 6) & 63] : '=';
        int group = Alphabet[bits >> 18] | (Alphabet[(bits >> 12) & 63] << 8) | (third << 16) | ('=' << 24);
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)group ^ maskKey);
    }

    /// <summary>Text without escapes: in blocks where there are any, and then a padded group of its own.</summary>
    private static Base64TextError DecodePlain(ReadOnlySpan<byte> text, Span<byte> destination, out int written)
    {
        int decoded = DecodedLength(text);
        int whole = decoded / 3 * 4;
        if (!Avx512Vbmi.IsSupported || whole < BlockLetters || (text.Length & 3) != 0 || destination.Length < decoded)
        {
            return DecodeBlock(text, destination, isFinal: true, out written);
        }

        bool valid = DecodeVbmi(ref MemoryMarshal.GetReference(text), whole, ref MemoryMarshal.GetReference(destination))
            && (whole == text.Length || TryDecodePadded(text[whole..], destination[(whole / 4 * 3)..decoded]));
        written = valid ? decoded : 0;
        return valid ? Base64TextError.None : Base64TextError.BadBase64;
    }

    /// <summary>Decodes the last group to the one or two octets that its padding promises; the bits beyond them must be zero (RFC 4648 §3.5).</summary>
    private static bool TryDecodePadded(ReadOnlySpan<byte> group, Span<byte> destination)
    {
        int bits = (Sextet(group[0]) << 18) | (Sextet(group[1]) << 12) | (destination.Length > 1 ? Sextet(group[2]) << 6 : 0);
        destination[0] = (byte)(bits >> 16);
        if (destination.Length > 1)
        {
            destination[1] = (byte)(bits >> 8);
        }

        return bits >= 0 && (bits & (0xFFFF >> (8 * (destination.Length - 1)))) == 0;
    }

    /// <summary>A letter's six bits; negative for what is not of the alphabet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Sextet(byte letter) => letter < 0x80 ? (sbyte)Sextets[letter] : -1;

    /// <summary>Decodes with the platform's decoder, held to be strict: what there are no vectors of ours for, and their oracle.</summary>
    internal static Base64TextError DecodeBlock(ReadOnlySpan<byte> text, Span<byte> destination, bool isFinal, out int written)
    {
        OperationStatus status = Base64.DecodeFromUtf8(text, destination, out int consumed, out int decoded, isFinal);
        written = 0;
        if (status == OperationStatus.DestinationTooSmall)
        {
            return Base64TextError.DestinationTooShort;
        }

        // The decoder skips white space; then fewer bytes come out than the length promises (at least 3 fewer, more than padding explains).
        if (status != OperationStatus.Done || consumed != text.Length || (text.Length & 3) != 0 || decoded != DecodedLength(text))
        {
            return Base64TextError.BadBase64;
        }

        written = decoded;
        return Base64TextError.None;
    }

    private static Base64TextError DecodeSlow(ReadOnlySpan<byte> text, Span<byte> destination, out int written)
    {
        Span<byte> round = stackalloc byte[Round];
        int total = 0;
        written = 0;
        do
        {
            int filled = 0;
            while (filled < Round && !text.IsEmpty)
            {
                byte character = text[0];
                int consumed = 1;
                if (character == (byte)'\\')
                {
                    if (!JsonText.TryReadEscape(text, out Rune rune, out consumed) || !rune.IsAscii)
                    {
                        return Base64TextError.BadBase64;
                    }

                    character = (byte)rune.Value;
                }

                round[filled++] = character;
                text = text[consumed..];
            }

            Base64TextError error = DecodeBlock(round[..filled], destination[total..], text.IsEmpty, out int decoded);
            if (error != Base64TextError.None)
            {
                return error;
            }

            total += decoded;
        }
        while (!text.IsEmpty);

        written = total;
        return Base64TextError.None;
    }
}
