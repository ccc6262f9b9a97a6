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
    internal static bool TryMatch(ReadOnlySpan<byte> text, out MediaStreamsEvent message)
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
