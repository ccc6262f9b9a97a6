using Concierge.Protocols.Text;

namespace Concierge.Protocols.MediaStreams;

/// <summary>
/// The hot scanner for <c>media</c> as it comes: keys in any order, no white space, no escapes, numbers as strings.
/// <code>
/// {"event":"media","sequenceNumber":"3","streamSid":"MZ..","media":{"track":"inbound","chunk":"1","timestamp":"94","payload":"..=="}}
/// </code>
/// It says yes only to what <see cref="MediaStreamsParser.ParseSlow"/> accepts with the same result; on anything else it says "not mine".
/// </summary>
internal static class MediaScanner
{
    private const int Event = 1, StreamSid = 2, Sequence = 4, Media = 8, Track = 16, Chunk = 32, Timestamp = 64, Payload = 128;

    internal static bool TryScan(ReadOnlySpan<byte> text, out MediaStreamsEvent message)
    {
        message = default;
        message.Type = MediaStreamsEventType.Media;
        message.SequenceNumber = -1;
        message.Chunk = -1;
        message.TimestampMs = -1;
        if (text.Length < 2 || text[0] != (byte)'{')
        {
            return false;
        }

        int seen = 0;
        text = text[1..];
        while (true)
        {
            // The letter after the quote tells most keys apart, so that a key costs one comparison.
            int bit;
            byte letter = text.Length > 1 ? text[1] : (byte)0;
            if (letter == 'e' && text.StartsWith("\"event\":\"media\""u8))
            {
                bit = Event;
                text = text["\"event\":\"media\"".Length..];
            }
            else if (letter == 's' && text.StartsWith("\"sequenceNumber\":\""u8))
            {
                bit = Sequence;
                text = text["\"sequenceNumber\":\"".Length..];
                int length = ScanNumber(text, out long number);
                if (length < 0)
                {
                    return false;
                }

                message.SequenceNumber = number;
                text = text[length..];
            }
            else if (letter == 's' && text.StartsWith("\"streamSid\":\""u8))
            {
                bit = StreamSid;
                text = text["\"streamSid\":\"".Length..];
                int length = JsonText.PlainLength(text);
                if (length < 0)
                {
                    return false;
                }

                message.StreamSid = text[..length];
                text = text[(length + 1)..];
            }
            else if (letter == 'm' && text.StartsWith("\"media\":{"u8))
            {
                bit = Media;
                text = text["\"media\":{".Length..];
                int length = ScanMedia(text, ref message, ref seen);
                if (length < 0)
                {
                    return false;
                }

                text = text[length..];
            }
            else
            {
                return false;
            }

            if ((seen & bit) != 0 || text.IsEmpty)
            {
                return false;
            }

            seen |= bit;
            byte next = text[0];
            text = text[1..];
            if (next == (byte)'}')
            {
                const int Required = Event | StreamSid | Media | Payload;
                return text.IsEmpty && (seen & Required) == Required;
            }

            if (next != (byte)',')
            {
                return false;
            }
        }
    }

    /// <returns>Bytes up to and including the closing brace, or −1.</returns>
    private static int ScanMedia(ReadOnlySpan<byte> text, ref MediaStreamsEvent message, ref int seen)
    {
        int whole = text.Length;
        while (true)
        {
            // The letter after the quote tells most keys apart, so that a key costs one comparison.
            int bit;
            byte letter = text.Length > 1 ? text[1] : (byte)0;
            if (letter == 't' && text.StartsWith("\"track\":\""u8))
            {
                bit = Track;
                text = text["\"track\":\"".Length..];
                int length = JsonText.PlainLength(text);
                if (length < 0)
                {
                    return -1;
                }

                message.Track = text[..length];
                text = text[(length + 1)..];
            }
            else if (letter == 'c' && text.StartsWith("\"chunk\":\""u8))
            {
                bit = Chunk;
                text = text["\"chunk\":\"".Length..];
                int length = ScanNumber(text, out long number);
                if (length < 0)
                {
                    return -1;
                }

                message.Chunk = number;
                text = text[length..];
            }
            else if (letter == 't' && text.StartsWith("\"timestamp\":\""u8))
            {
                bit = Timestamp;
                text = text["\"timestamp\":\"".Length..];
                int length = ScanNumber(text, out long number);
                if (length < 0)
                {
                    return -1;
                }

                message.TimestampMs = number;
                text = text[length..];
            }
            else if (letter == 'p' && text.StartsWith("\"payload\":\""u8))
            {
                bit = Payload;
                text = text["\"payload\":\"".Length..];
                int length = JsonText.PlainLength(text);
                if (length < 0)
                {
                    return -1;
                }

                message.Payload = text[..length];
                text = text[(length + 1)..];
            }
            else
            {
                return -1;
            }

            if ((seen & bit) != 0 || text.IsEmpty)
            {
                return -1;
            }

            seen |= bit;
            byte next = text[0];
            text = text[1..];
            if (next != (byte)',')
            {
                return next == (byte)'}' ? whole - text.Length : -1;
            }
        }
    }

    /// <summary>Up to 18 digits and the closing quote; longer numbers are left to the slow path.</summary>
    /// <returns>Bytes up to and including the quote, or −1.</returns>
    private static int ScanNumber(ReadOnlySpan<byte> text, out long value)
    {
        long number = 0;
        int at = 0;
        while (at < text.Length && at < 19)
        {
            int digit = text[at] - '0';
            if ((uint)digit > 9)
            {
                break;
            }

            number = (number * 10) + digit;
            at++;
        }

        value = number;
        return at is 0 or > 18 || at >= text.Length || text[at] != (byte)'"' ? -1 : at + 1;
    }
}
