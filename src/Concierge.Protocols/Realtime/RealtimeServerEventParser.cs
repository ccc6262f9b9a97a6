using System.Text.Json;
using Concierge.Protocols.Text;

namespace Concierge.Protocols.Realtime;

/// <summary>
/// Server events of the Realtime API. Keys may come in any order, unknown keys and unknown events are passed over, numbers may be numbers or strings of digits, and
/// null means absent. The text is taken to be valid UTF-8: the WebSocket layer has checked it (RFC 6455 §8.1).
/// </summary>
public static class RealtimeServerEventParser
{
    /// <summary>Reads one event's type and flat fields. Allocates nothing unless an id in it has escapes.</summary>
    /// <param name="utf8">The whole text message.</param>
    /// <param name="e">The event; meaningless unless the result is <see cref="RealtimeError.None"/>.</param>
    /// <returns><see cref="RealtimeError.None"/> also for an unknown event, or what is wrong.</returns>
    public static RealtimeError Parse(ReadOnlySpan<byte> utf8, out RealtimeServerEvent e)
    {
        return AudioDeltaTemplate.TryMatch(utf8, out e) || AudioDeltaScanner.TryScan(utf8, out e) ? RealtimeError.None : ParseSlow(utf8, out e);
    }

    /// <summary>The complete parser, and the oracle of the fast scanner.</summary>
    internal static RealtimeError ParseSlow(ReadOnlySpan<byte> utf8, out RealtimeServerEvent e)
    {
        try
        {
            return (RealtimeError)Read(utf8, out e);
        }
        catch (JsonException)
        {
            e = default;
            return RealtimeError.NotJson;
        }
    }

    private static WireError Read(ReadOnlySpan<byte> utf8, out RealtimeServerEvent e)
    {
        e = new RealtimeServerEvent { AudioStartMs = -1, AudioEndMs = -1 };
        JsonField kind = default, eventId = default, responseId = default, itemId = default, callId = default, delta = default;
        JsonField outputIndex = default, contentIndex = default, start = default, end = default;
        var reader = new JsonObjectReader(utf8);
        WireError error = reader.Open();
        while (error == WireError.None && reader.NextKey())
        {
            error = reader.KeyIs("type"u8) ? reader.Take(ref kind)
                : reader.KeyIs("event_id"u8) ? reader.Take(ref eventId)
                : reader.KeyIs("response_id"u8) ? reader.Take(ref responseId)
                : reader.KeyIs("item_id"u8) ? reader.Take(ref itemId)
                : reader.KeyIs("output_index"u8) ? reader.Take(ref outputIndex)
                : reader.KeyIs("content_index"u8) ? reader.Take(ref contentIndex)
                : reader.KeyIs("delta"u8) ? reader.Take(ref delta)
                : reader.KeyIs("call_id"u8) ? reader.Take(ref callId)
                : reader.KeyIs("audio_start_ms"u8) ? reader.Take(ref start)
                : reader.KeyIs("audio_end_ms"u8) ? reader.Take(ref end)
                : reader.Skip();
        }

        if (error == WireError.None)
        {
            error = ReadType(kind, out RealtimeServerEventType type);
            e.Type = type;
        }

        if (error != WireError.None || e.Type == RealtimeServerEventType.Unknown)
        {
            return error;
        }

        // What truncation and late-delta dropping stand on must be there; what an event only repeats may be missing.
        bool isAudio = e.Type == RealtimeServerEventType.ResponseOutputAudioDelta;
        if ((error = eventId.ReadText(required: false, out ReadOnlySpan<byte> eventText)) != WireError.None
            || (error = responseId.ReadText(isAudio, out ReadOnlySpan<byte> responseText)) != WireError.None
            || (error = itemId.ReadText(isAudio, out ReadOnlySpan<byte> itemText)) != WireError.None
            || (error = callId.ReadText(required: false, out ReadOnlySpan<byte> callText)) != WireError.None
            || (error = delta.ReadRaw(isAudio, out ReadOnlySpan<byte> deltaText, out bool hasEscapes)) != WireError.None
            || (error = ReadIndex(outputIndex, out int output)) != WireError.None
            || (error = ReadIndex(contentIndex, out int content)) != WireError.None)
        {
            return error;
        }

        e.EventId = eventText;
        e.ResponseId = responseText;
        e.ItemId = itemText;
        e.CallId = callText;
        e.Delta = deltaText;
        e.DeltaHasEscapes = hasEscapes;
        e.OutputIndex = output;
        e.ContentIndex = content;

        long startMs = -1;
        long endMs = -1;
        if ((error = start.ReadInteger(required: false, ref startMs)) != WireError.None
            || (error = end.ReadInteger(required: false, ref endMs)) != WireError.None)
        {
            return error;
        }

        e.AudioStartMs = startMs;
        e.AudioEndMs = endMs;
        return WireError.None;
    }

    private static WireError ReadType(JsonField kind, out RealtimeServerEventType type)
    {
        type = RealtimeServerEventType.Unknown;
        if (kind.IsAbsent || kind.Token != JsonTokenType.String)
        {
            return kind.IsAbsent ? WireError.MissingField : WireError.WrongType;
        }

        if (!kind.HasEscapes)
        {
            type = RealtimeServerEventTypes.Parse(kind.Raw);
            return WireError.None;
        }

        const int Longest = RealtimeServerEventTypes.MaximumNameLength * 6;
        Span<byte> name = stackalloc byte[Longest];
        if (kind.Raw.Length <= Longest && JsonText.TryUnescape(kind.Raw, name, out int written))
        {
            type = RealtimeServerEventTypes.Parse(name[..written]);
        }

        return WireError.None;
    }

    private static WireError ReadIndex(JsonField field, out int index)
    {
        long value = 0;
        WireError error = field.ReadInteger(required: false, ref value);
        index = (int)Math.Min(value, int.MaxValue);
        return error == WireError.None && value > int.MaxValue ? WireError.OutOfRange : error;
    }
}
