using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Concierge.Protocols.Text;

namespace Concierge.Protocols.MediaStreams;

/// <summary>
/// The two layouts in which a carrier's <c>media</c> usually comes, matched from end to end without looking keys up; first of the three readers, tried before <see cref="MediaScanner"/>.
/// <code>
/// {"event":"media","sequenceNumber":"3","media":{"track":"inbound","chunk":"1","timestamp":"94","payload":"..=="},"streamSid":"MZ.."}
/// {"event":"media","sequenceNumber":"3","streamSid":"MZ..","media":{"track":"inbound","chunk":"1","timestamp":"94","payload":"..=="}}
/// </code>
/// It says yes only to what <see cref="MediaStreamsParser.ParseSlow"/> accepts with the same result; on anything else it says "not mine".
/// </summary>
internal static class MediaTemplate
{
    /// <summary>Shorter texts are not looked at in blocks: two for what comes before the payload, one for its end.</summary>
    private const int ShortestInBlocks = 192;

    private static ReadOnlySpan<byte> Head => "{\"event\":\"media\",\"sequenceNumber\":\""u8;

    private static ReadOnlySpan<byte> SidNext => "\",\"streamSid\":\""u8;

    private static ReadOnlySpan<byte> MediaNext => "\",\"media\":{\"track\":\"inbound\",\"chunk\":\""u8;

    private static ReadOnlySpan<byte> TimestampNext => "\",\"timestamp\":\""u8;

    private static ReadOnlySpan<byte> PayloadNext => "\",\"payload\":\""u8;

    private static ReadOnlySpan<byte> SidLast => "\"},\"streamSid\":\""u8;

    private static ReadOnlySpan<byte> EndOfMedia => "\"}}"u8;

    private static ReadOnlySpan<byte> EndOfSid => "\"}"u8;

    private const int HeadAt = 0, MediaNextAt = 99, TimestampNextAt = 201, PayloadNextAt = 280, SidLastAt = 357, EndAt = 437;

    /// <summary>The parts of the first layout, with zeros between them to move each through a block.</summary>
    private static ReadOnlySpan<byte> Parts =>
        "{\"event\":\"media\",\"sequenceNumber\":\"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\",\"media\":{\"track\":\"inbound\",\"chunk\":\"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\",\"timestamp\":\"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\",\"payload\":\"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\"},\"streamSid\":\"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\"}"u8;

    /// <param name="text">The whole message.</param>
    /// <param name="message">Set when the result is true; meaningless otherwise.</param>
    internal static bool TryMatch(ReadOnlySpan<byte> text, out MediaStreamsEvent message) =>
        (Avx512BW.IsSupported && text.Length >= ShortestInBlocks && TryMatchInBlocks(text, out message)) || TryMatchInOrder(text, out message);

    /// <summary>
    /// The first layout, matched in the blocks of 64 bytes in which the mask was taken off it, so that a load finds its bytes in one store: two from its start, the last from its end, where
    /// the id's length tells how far the payload goes, and nothing but letters between them. What moves with a number's length is compared with a text that is moved as far.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // what is inlined here would not be any more if this were inlined in its turn
    private static bool TryMatchInBlocks(ReadOnlySpan<byte> text, out MediaStreamsEvent message)
    {
        Unsafe.SkipInit(out message);
        ref byte start = ref MemoryMarshal.GetReference(text);
        int last = text.Length - 64;
        Debug.Assert(last >= 128, "three blocks");
        Vector512<byte> first = Vector512.LoadUnsafe(ref start);
        Vector512<byte> second = Vector512.LoadUnsafe(ref start, 64);
        Vector512<byte> tail = Vector512.LoadUnsafe(ref start, (nuint)last);

        // 35 bytes of head and up to 7 digits; 38 bytes, 7 digits; 15 bytes, 7 digits; 13 bytes: the payload begins at 122 at most. From the second block on positions are the block's.
        int digits = BitOperations.TrailingZeroCount(NotDigits(first) >> Head.Length);
        int mediaAt = Head.Length + digits;
        int chunkAt = mediaAt + MediaNext.Length - 64;
        ulong others = NotDigits(second);
        int chunkDigits = BitOperations.TrailingZeroCount(others >> chunkAt);
        int timestampAt = chunkAt + chunkDigits + TimestampNext.Length;
        int timestampDigits = BitOperations.TrailingZeroCount(others >> timestampAt);
        int payloadAt = timestampAt + timestampDigits + PayloadNext.Length;

        // The id stands between the last two quotes, and the payload ends before its key.
        int sidAt = 64 - BitOperations.LeadingZeroCount(Bits(Avx512BW.CompareEqual(tail, Vector512.Create((byte)'"'))) & (ulong.MaxValue >> EndOfSid.Length));
        int end = sidAt - SidLast.Length;
        if ((uint)(digits - 1) >= 7 || (uint)(chunkDigits - 1) >= 7 || (uint)(timestampDigits - 1) >= 7 || end < 0)
        {
            return false;
        }

        Vector512<byte> differences = Difference(first, HeadAt, 0)
            | Difference(first, MediaNextAt, mediaAt)
            | Difference(second, MediaNextAt, mediaAt - 64)
            | Difference(second, TimestampNextAt, timestampAt - TimestampNext.Length)
            | Difference(second, PayloadNextAt, payloadAt - PayloadNext.Length)
            | Difference(tail, SidLastAt, end)
            | Difference(tail, EndAt, 64 - EndOfSid.Length);

        // Nothing but letters from the payload's first to all but its last two, and in the id.
        others = (Base64Text.OthersOf64(second) >> payloadAt) | (Base64Text.OthersOf64(tail) & ~(0x3FFFFUL << end >> 2) & (ulong.MaxValue >> EndOfSid.Length));
        end += last;
        int at = 128;
        for (; at <= end - 66; at += 64)
        {
            others |= Base64Text.OthersOf64(Vector512.LoadUnsafe(ref start, (nuint)at));
        }

        if (at < last)
        {
            others |= Base64Text.OthersOf64(Vector512.LoadUnsafe(ref start, (nuint)at)) & ~(ulong.MaxValue << (end - 2 - at));
        }

        payloadAt += 64;
        int length = end - payloadAt;
        if (Bits(Avx512BW.CompareNotEqual(differences, Vector512<byte>.Zero)) != 0 || others != 0 || (length & 3) != 0 || !Base64Text.EndsCleanly(ref Unsafe.Add(ref start, end)))
        {
            return false;
        }

        message = default;
        message.Type = MediaStreamsEventType.Media;
        message.Track = "inbound"u8;
        message.StreamSid = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref start, last + sidAt), 62 - sidAt);
        message.Payload = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref start, payloadAt), length);
        message.PayloadIsBase64 = true;

        // Three numbers at once: digits at the end of eight bytes each, then pairs, fours and all of them add up.
        Vector256<byte> numbers = Vector256.Create(
            Vector128.Create(LastDigits(ref Unsafe.Add(ref start, Head.Length), digits), LastDigits(ref Unsafe.Add(ref start, chunkAt + 64), chunkDigits)),
            Vector128.CreateScalar(LastDigits(ref Unsafe.Add(ref start, timestampAt + 64), timestampDigits))).AsByte();
        Vector256<short> pairs = Avx2.MultiplyAddAdjacent(Avx2.SubtractSaturate(numbers, Vector256.Create((byte)'0')), Vector256.Create((short)0x010A).AsSByte());
        Vector256<int> fours = Avx2.MultiplyAddAdjacent(pairs, Vector256.Create(0x0001_0064).AsInt16());
        Vector256<int> sums = Avx2.MultiplyAddAdjacent(Avx2.PackUnsignedSaturate(fours, fours).AsInt16(), Vector256.Create(0x0001_2710).AsInt16());
        ulong two = sums.AsUInt64().ToScalar();
        message.SequenceNumber = (uint)two;
        message.Chunk = (long)(two >> 32);
        message.TimestampMs = sums.GetUpper().ToScalar();
        return true;
    }

    private static ulong LastDigits(ref byte number, int digits) => Unsafe.ReadUnaligned<ulong>(ref number) << (-8 * digits);

    private static ulong Bits(Vector512<byte> comparison) => (ulong)Avx512BW.MoveMask(comparison);

    private static ulong NotDigits(Vector512<byte> block) =>
        Bits(Avx512BW.CompareGreaterThan(block - Vector512.Create((byte)'0'), Vector512.Create((byte)9)));

    private static Vector512<byte> Difference(Vector512<byte> block, int part, int at) => JsonText.Difference(block, Parts, part - at);

    private static bool TryMatchInOrder(ReadOnlySpan<byte> text, out MediaStreamsEvent message)
    {
        message = default;
        if (!text.StartsWith(Head))
        {
            return false;
        }

        text = text[Head.Length..];
        int digits = JsonText.ReadShortNumber(text, out long sequence);
        text = text[digits..];
        ReadOnlySpan<byte> sid = default;
        bool sidComesFirst = text.StartsWith(SidNext);
        if (sidComesFirst)
        {
            text = text[SidNext.Length..];
            int length = JsonText.IndexOfSpecial(text);
            if (length < 0)
            {
                return false;
            }

            sid = text[..length];
            text = text[length..];
        }

        if (digits == 0 || !text.StartsWith(MediaNext))
        {
            return false;
        }

        text = text[MediaNext.Length..];
        digits = JsonText.ReadShortNumber(text, out long chunk);
        text = text[digits..];
        if (digits == 0 || !text.StartsWith(TimestampNext))
        {
            return false;
        }

        text = text[TimestampNext.Length..];
        digits = JsonText.ReadShortNumber(text, out long timestamp);
        text = text[digits..];
        if (digits == 0 || !text.StartsWith(PayloadNext))
        {
            return false;
        }

        text = text[PayloadNext.Length..];
        int payloadLength = Base64Text.IndexOfSpecial(text, out bool isBase64);
        if (payloadLength < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> payload = text[..payloadLength];
        text = text[payloadLength..];
        if (sidComesFirst)
        {
            if (!text.SequenceEqual(EndOfMedia))
            {
                return false;
            }
        }
        else
        {
            if (!text.StartsWith(SidLast))
            {
                return false;
            }

            text = text[SidLast.Length..];
            int length = JsonText.IndexOfSpecial(text);
            if (length < 0 || !text[length..].SequenceEqual(EndOfSid))
            {
                return false;
            }

            sid = text[..length];
        }

        message.Type = MediaStreamsEventType.Media;
        message.SequenceNumber = sequence;
        message.Chunk = chunk;
        message.TimestampMs = timestamp;
        message.Track = "inbound"u8;
        message.StreamSid = sid;
        message.Payload = payload;
        message.PayloadIsBase64 = isBase64;
        return true;
    }
}
