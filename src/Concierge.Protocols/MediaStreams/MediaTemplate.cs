using System.Numerics;
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
    private const int ShortestByQuotes = 192;

    private static ReadOnlySpan<byte> Head => "{\"event\":\"media\",\"sequenceNumber\":\""u8;

    private static ReadOnlySpan<byte> SidNext => "\",\"streamSid\":\""u8;

    private static ReadOnlySpan<byte> MediaNext => "\",\"media\":{\"track\":\"inbound\",\"chunk\":\""u8;

    private static ReadOnlySpan<byte> TimestampNext => "\",\"timestamp\":\""u8;

    private static ReadOnlySpan<byte> PayloadNext => "\",\"payload\":\""u8;

    private static ReadOnlySpan<byte> SidLast => "\"},\"streamSid\":\""u8;

    private static ReadOnlySpan<byte> EndOfMedia => "\"}}"u8;

    private static ReadOnlySpan<byte> EndOfSid => "\"}"u8;

    /// <param name="text">The whole message.</param>
    /// <param name="message">Set when the result is true; default otherwise.</param>
    internal static bool TryMatch(ReadOnlySpan<byte> text, out MediaStreamsEvent message) =>
        (Avx512BW.IsSupported && text.Length >= ShortestByQuotes && TryMatchByQuotes(text, out message)) || TryMatchInOrder(text, out message);

    /// <summary>
    /// The first layout, its numbers found by the quotes of the first 128 bytes rather than each behind the one before it: no comparison waits for another. The text is looked at in blocks
    /// of 64 bytes from its start, as the mask was taken off it, so that a load finds its bytes in one store.
    /// </summary>
    private static bool TryMatchByQuotes(ReadOnlySpan<byte> text, out MediaStreamsEvent message)
    {
        message = default;
        ref byte start = ref MemoryMarshal.GetReference(text);
        Vector512<byte> second = Vector512.LoadUnsafe(ref start, 64);
        ulong quotes = (ulong)Avx512BW.MoveMask(Avx512BW.CompareEqual(Vector512.LoadUnsafe(ref start), Vector512.Create((byte)'"')));
        ulong more = (ulong)Avx512BW.MoveMask(Avx512BW.CompareEqual(second, Vector512.Create((byte)'"')));

        // 35 bytes of head and up to 7 digits; 38 bytes, 7 digits; 15 bytes, 7 digits; 13 bytes: the payload begins at 122 at most.
        int digits = BitOperations.TrailingZeroCount(quotes >> Head.Length);
        int chunkAt = Head.Length + digits + MediaNext.Length;
        if ((uint)(digits - 1) >= 7)
        {
            return false;
        }

        int chunkDigits = BitOperations.TrailingZeroCount(more >> (chunkAt - 64));
        int timestampAt = chunkAt + chunkDigits + TimestampNext.Length;
        if ((uint)(chunkDigits - 1) >= 7)
        {
            return false;
        }

        int timestampDigits = BitOperations.TrailingZeroCount(more >> (timestampAt - 64));
        int payloadAt = timestampAt + timestampDigits + PayloadNext.Length;
        if ((uint)(timestampDigits - 1) >= 7
            || !text.StartsWith(Head)
            || !text[(chunkAt - MediaNext.Length)..].StartsWith(MediaNext)
            || !text[(timestampAt - TimestampNext.Length)..].StartsWith(TimestampNext)
            || !text[(payloadAt - PayloadNext.Length)..].StartsWith(PayloadNext)
            || JsonText.ReadShortNumber(text[Head.Length..], out long sequence) != digits
            || JsonText.ReadShortNumber(text[chunkAt..], out long chunk) != chunkDigits
            || JsonText.ReadShortNumber(text[timestampAt..], out long timestamp) != timestampDigits
            || Base64Text.OthersOf64(second) >> (payloadAt - 64) != 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text[payloadAt..];
        int length = Base64Text.IndexOfSpecial(rest, letters: 128 - payloadAt, out bool isBase64);
        if (length < 0 || !rest[length..].StartsWith(SidLast))
        {
            return false;
        }

        ReadOnlySpan<byte> sid = rest[(length + SidLast.Length)..];
        int sidLength = JsonText.IndexOfSpecial(sid);
        if (sidLength < 0 || !sid[sidLength..].SequenceEqual(EndOfSid))
        {
            return false;
        }

        message.Type = MediaStreamsEventType.Media;
        message.SequenceNumber = sequence;
        message.Chunk = chunk;
        message.TimestampMs = timestamp;
        message.Track = "inbound"u8;
        message.StreamSid = sid[..sidLength];
        message.Payload = rest[..length];
        message.PayloadIsBase64 = isBase64;
        return true;
    }

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
