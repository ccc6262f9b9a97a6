using Concierge.Protocols.Text;

namespace Concierge.Protocols.Realtime;

/// <summary>
/// The two layouts in which <c>response.output_audio.delta</c> usually comes, matched from end to end without looking keys up; first of the three readers, tried before
/// <see cref="AudioDeltaScanner"/>.
/// <code>
/// {"type":"response.output_audio.delta","event_id":"event_..","response_id":"resp_..","item_id":"item_..","output_index":0,"content_index":0,"delta":".."}
/// {"event_id":"event_..","type":"response.output_audio.delta","response_id":"resp_..","item_id":"item_..","output_index":0,"content_index":0,"delta":".."}
/// </code>
/// It says yes only to what <see cref="RealtimeServerEventParser.ParseSlow"/> accepts with the same result; on anything else it says "not mine".
/// </summary>
internal static class AudioDeltaTemplate
{
    private static ReadOnlySpan<byte> TypeFirst => "{\"type\":\"response.output_audio.delta\",\"event_id\":\""u8;

    private static ReadOnlySpan<byte> EventFirst => "{\"event_id\":\""u8;

    private static ReadOnlySpan<byte> ResponseNext => "\",\"response_id\":\""u8;

    private static ReadOnlySpan<byte> TypeNext => "\",\"type\":\"response.output_audio.delta\",\"response_id\":\""u8;

    private static ReadOnlySpan<byte> ItemNext => "\",\"item_id\":\""u8;

    private static ReadOnlySpan<byte> OutputNext => "\",\"output_index\":"u8;

    private static ReadOnlySpan<byte> ContentNext => ",\"content_index\":"u8;

    private static ReadOnlySpan<byte> DeltaNext => ",\"delta\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}"u8;

    /// <param name="text">The whole message.</param>
    /// <param name="e">Set when the result is true; default otherwise.</param>
    internal static bool TryMatch(ReadOnlySpan<byte> text, out RealtimeServerEvent e)
    {
        e = default;
        bool typeFirst = text.StartsWith(TypeFirst);
        if (!typeFirst && !text.StartsWith(EventFirst))
        {
            return false;
        }

        text = text[(typeFirst ? TypeFirst.Length : EventFirst.Length)..];
        int length = JsonText.IndexOfSpecial(text);
        if (length < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> eventId = text[..length];
        text = text[length..];
        if (!(typeFirst ? text.StartsWith(ResponseNext) : text.StartsWith(TypeNext)))
        {
            return false;
        }

        text = text[(typeFirst ? ResponseNext.Length : TypeNext.Length)..];
        length = JsonText.IndexOfSpecial(text);
        if (length < 0 || !text[length..].StartsWith(ItemNext))
        {
            return false;
        }

        ReadOnlySpan<byte> responseId = text[..length];
        text = text[(length + ItemNext.Length)..];
        length = JsonText.IndexOfSpecial(text);
        if (length < 0 || !text[length..].StartsWith(OutputNext))
        {
            return false;
        }

        // One digit, which has no leading zero by itself.
        ReadOnlySpan<byte> itemId = text[..length];
        text = text[(length + OutputNext.Length)..];
        if (text.IsEmpty || !char.IsAsciiDigit((char)text[0]) || !text[1..].StartsWith(ContentNext))
        {
            return false;
        }

        int outputIndex = text[0] - '0';
        text = text[(1 + ContentNext.Length)..];
        if (text.IsEmpty || !char.IsAsciiDigit((char)text[0]) || !text[1..].StartsWith(DeltaNext))
        {
            return false;
        }

        int contentIndex = text[0] - '0';
        text = text[(1 + DeltaNext.Length)..];
        length = JsonText.IndexOfSpecial(text);
        if (length < 0 || !text[length..].SequenceEqual(End))
        {
            return false;
        }

        e.Type = RealtimeServerEventType.ResponseOutputAudioDelta;
        e.EventId = eventId;
        e.ResponseId = responseId;
        e.ItemId = itemId;
        e.OutputIndex = outputIndex;
        e.ContentIndex = contentIndex;
        e.Delta = text[..length];
        e.AudioStartMs = -1;
        e.AudioEndMs = -1;
        return true;
    }
}
