using Concierge.Protocols.Text;

namespace Concierge.Protocols.Realtime;

/// <summary>
/// The hot scanner for <c>response.output_audio.delta</c> as it comes: keys in any order, no white space, no escapes, indices as numbers.
/// <code>
/// {"type":"response.output_audio.delta","event_id":"event_..","response_id":"resp_..","item_id":"item_..","output_index":0,"content_index":0,"delta":".."}
/// </code>
/// It says yes only to what <see cref="RealtimeServerEventParser.ParseSlow"/> accepts with the same result; on anything else it says "not mine".
/// </summary>
internal static class AudioDeltaScanner
{
    private const int Type = 1, EventId = 2, ResponseId = 4, ItemId = 8, OutputIndex = 16, ContentIndex = 32, Delta = 64;

    internal static bool TryScan(ReadOnlySpan<byte> text, out RealtimeServerEvent e)
    {
        e = default;
        e.Type = RealtimeServerEventType.ResponseOutputAudioDelta;
        e.AudioStartMs = -1;
        e.AudioEndMs = -1;
        if (text.Length < 2 || text[0] != (byte)'{')
        {
            return false;
        }

        int seen = 0;
        text = text[1..];
        while (true)
        {
            // The letter after the quote tells the keys apart, so that a key costs one comparison.
            byte letter = text.Length > 1 ? text[1] : (byte)0;
            int bit;
            int length;
            if (letter == 't' && text.StartsWith("\"type\":\"response.output_audio.delta\""u8))
            {
                bit = Type;
                text = text["\"type\":\"response.output_audio.delta\"".Length..];
            }
            else if (letter == 'e' && text.StartsWith("\"event_id\":\""u8))
            {
                bit = EventId;
                text = text["\"event_id\":\"".Length..];
                length = JsonText.PlainLength(text);
                if (length < 0)
                {
                    return false;
                }

                e.EventId = text[..length];
                text = text[(length + 1)..];
            }
            else if (letter == 'r' && text.StartsWith("\"response_id\":\""u8))
            {
                bit = ResponseId;
                text = text["\"response_id\":\"".Length..];
                length = JsonText.PlainLength(text);
                if (length < 0)
                {
                    return false;
                }

                e.ResponseId = text[..length];
                text = text[(length + 1)..];
            }
            else if (letter == 'i' && text.StartsWith("\"item_id\":\""u8))
            {
                bit = ItemId;
                text = text["\"item_id\":\"".Length..];
                length = JsonText.PlainLength(text);
                if (length < 0)
                {
                    return false;
                }

                e.ItemId = text[..length];
                text = text[(length + 1)..];
            }
            else if (letter == 'o' && text.StartsWith("\"output_index\":"u8))
            {
                bit = OutputIndex;
                text = text["\"output_index\":".Length..];
                length = ScanNumber(text, out int number);
                if (length < 0)
                {
                    return false;
                }

                e.OutputIndex = number;
                text = text[length..];
            }
            else if (letter == 'c' && text.StartsWith("\"content_index\":"u8))
            {
                bit = ContentIndex;
                text = text["\"content_index\":".Length..];
                length = ScanNumber(text, out int number);
                if (length < 0)
                {
                    return false;
                }

                e.ContentIndex = number;
                text = text[length..];
            }
            else if (letter == 'd' && text.StartsWith("\"delta\":\""u8))
            {
                bit = Delta;
                text = text["\"delta\":\"".Length..];
                length = JsonText.PlainLength(text);
                if (length < 0)
                {
                    return false;
                }

                e.Delta = text[..length];
                text = text[(length + 1)..];
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
                const int Required = Type | ResponseId | ItemId | Delta;
                return text.IsEmpty && (seen & Required) == Required;
            }

            if (next != (byte)',')
            {
                return false;
            }
        }
    }

    /// <summary>A JSON number of up to 9 digits without a leading zero; anything else is left to the slow path.</summary>
    /// <returns>Its digits, or −1.</returns>
    private static int ScanNumber(ReadOnlySpan<byte> text, out int value)
    {
        int number = 0;
        int at = 0;
        while (at < text.Length && at < 10 && (uint)(text[at] - '0') <= 9)
        {
            number = (number * 10) + (text[at] - '0');
            at++;
        }

        value = number;
        return at is > 0 and <= 9 && (at == 1 || text[0] != (byte)'0') ? at : -1;
    }
}
