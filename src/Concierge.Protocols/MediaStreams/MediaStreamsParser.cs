using System.Text.Json;
using Concierge.Protocols.Text;

namespace Concierge.Protocols.MediaStreams;

/// <summary>
/// Messages from Twilio Media Streams. Keys may come in any order, unknown keys are passed over, numbers may be strings or numbers, and null means absent.
/// The text is taken to be valid UTF-8: the WebSocket layer has checked it (RFC 6455 §8.1).
/// </summary>
public static class MediaStreamsParser
{
    /// <summary>Reads one message. Allocates nothing for <c>media</c> unless a text in it has escapes.</summary>
    /// <param name="utf8">The whole text message.</param>
    /// <param name="message">The message; meaningless unless the result is <see cref="MediaStreamsError.None"/>.</param>
    /// <returns><see cref="MediaStreamsError.None"/> also for an unknown event, or what is wrong.</returns>
    public static MediaStreamsError Parse(ReadOnlySpan<byte> utf8, out MediaStreamsEvent message)
    {
        return MediaTemplate.TryMatch(utf8, out message) || MediaScanner.TryScan(utf8, out message) ? MediaStreamsError.None : ParseSlow(utf8, out message);
    }

    /// <summary>Reads a <c>start</c> message whole. Cold: once per call.</summary>
    /// <param name="utf8">The whole text message.</param>
    /// <param name="start">The stream, or null when the result is an error.</param>
    /// <returns><see cref="MediaStreamsError.None"/>, or what is wrong; <see cref="MediaStreamsError.BadValue"/> when the message is not a <c>start</c>.</returns>
    public static MediaStreamsError ParseStart(ReadOnlySpan<byte> utf8, out StreamStart? start)
    {
        try
        {
            return (MediaStreamsError)StreamStartReader.Read(utf8, out start);
        }
        catch (JsonException)
        {
            start = null;
            return MediaStreamsError.NotJson;
        }
    }

    /// <summary>The complete parser, and the oracle of the fast scanner.</summary>
    internal static MediaStreamsError ParseSlow(ReadOnlySpan<byte> utf8, out MediaStreamsEvent message)
    {
        try
        {
            WireError error = Read(utf8, out message);
            return (MediaStreamsError)error;
        }
        catch (JsonException)
        {
            message = default;
            return MediaStreamsError.NotJson;
        }
    }

    private static WireError Read(ReadOnlySpan<byte> utf8, out MediaStreamsEvent message)
    {
        message = new MediaStreamsEvent { SequenceNumber = -1, Chunk = -1, TimestampMs = -1 };
        JsonField kind = default, streamSid = default, sequence = default, media = default, mark = default, dtmf = default;
        var reader = new JsonObjectReader(utf8);
        WireError error = reader.Open();
        while (error == WireError.None && reader.NextKey())
        {
            error = reader.KeyIs("event"u8) ? reader.Take(ref kind)
                : reader.KeyIs("streamSid"u8) ? reader.Take(ref streamSid)
                : reader.KeyIs("sequenceNumber"u8) ? reader.Take(ref sequence)
                : reader.KeyIs("media"u8) ? reader.Take(ref media)
                : reader.KeyIs("mark"u8) ? reader.Take(ref mark)
                : reader.KeyIs("dtmf"u8) ? reader.Take(ref dtmf)
                : reader.Skip();
        }

        if (error == WireError.None)
        {
            error = ReadType(kind, out MediaStreamsEventType type);
            message.Type = type;
        }

        if (error != WireError.None || message.Type == MediaStreamsEventType.Unknown)
        {
            return error;
        }

        // Fields of another event than this one are unknown keys here, and not looked at.
        error = streamSid.ReadText(required: message.Type != MediaStreamsEventType.Connected, out ReadOnlySpan<byte> sid);
        message.StreamSid = sid;
        if (error == WireError.None)
        {
            long number = -1;
            error = sequence.ReadInteger(required: false, ref number);
            message.SequenceNumber = number;
        }

        if (error == WireError.None)
        {
            error = message.Type switch
            {
                MediaStreamsEventType.Media => ReadMedia(media, ref message),
                MediaStreamsEventType.Mark => ReadMark(mark, ref message),
                MediaStreamsEventType.Dtmf => ReadDtmf(dtmf, ref message),
                _ => WireError.None,
            };
        }

        return error;
    }

    internal static WireError ReadType(JsonField kind, out MediaStreamsEventType type)
    {
        type = MediaStreamsEventType.Unknown;
        if (kind.IsAbsent || kind.Token != JsonTokenType.String)
        {
            return kind.IsAbsent ? WireError.MissingField : WireError.WrongType;
        }

        type = Is(kind, "media"u8) ? MediaStreamsEventType.Media
            : Is(kind, "mark"u8) ? MediaStreamsEventType.Mark
            : Is(kind, "dtmf"u8) ? MediaStreamsEventType.Dtmf
            : Is(kind, "start"u8) ? MediaStreamsEventType.Start
            : Is(kind, "stop"u8) ? MediaStreamsEventType.Stop
            : Is(kind, "connected"u8) ? MediaStreamsEventType.Connected
            : MediaStreamsEventType.Unknown;
        return WireError.None;

        static bool Is(JsonField kind, ReadOnlySpan<byte> name) => JsonText.Equals(kind.Raw, kind.HasEscapes, name);
    }

    private static WireError ReadMedia(JsonField media, ref MediaStreamsEvent message)
    {
        JsonField track = default, chunk = default, timestamp = default, payload = default;
        WireError error = OpenInner(media, out JsonObjectReader reader);
        while (error == WireError.None && reader.NextKey())
        {
            error = reader.KeyIs("payload"u8) ? reader.Take(ref payload)
                : reader.KeyIs("chunk"u8) ? reader.Take(ref chunk)
                : reader.KeyIs("timestamp"u8) ? reader.Take(ref timestamp)
                : reader.KeyIs("track"u8) ? reader.Take(ref track)
                : reader.Skip();
        }

        long number = -1;
        if (error == WireError.None)
        {
            error = chunk.ReadInteger(required: false, ref number);
            message.Chunk = number;
        }

        if (error == WireError.None)
        {
            number = -1;
            error = timestamp.ReadInteger(required: false, ref number);
            message.TimestampMs = number;
        }

        if (error == WireError.None)
        {
            error = track.ReadText(required: false, out ReadOnlySpan<byte> name);
            message.Track = name;
        }

        if (error == WireError.None)
        {
            error = payload.ReadRaw(required: true, out ReadOnlySpan<byte> text, out bool hasEscapes);
            message.Payload = text;
            message.PayloadHasEscapes = hasEscapes;
        }

        return error;
    }

    private static WireError ReadMark(JsonField mark, ref MediaStreamsEvent message)
    {
        JsonField name = default;
        WireError error = OpenInner(mark, out JsonObjectReader reader);
        while (error == WireError.None && reader.NextKey())
        {
            error = reader.KeyIs("name"u8) ? reader.Take(ref name) : reader.Skip();
        }

        if (error == WireError.None)
        {
            error = name.ReadText(required: true, out ReadOnlySpan<byte> text);
            message.MarkName = text;
        }

        return error;
    }

    private static WireError ReadDtmf(JsonField dtmf, ref MediaStreamsEvent message)
    {
        JsonField track = default, digit = default;
        WireError error = OpenInner(dtmf, out JsonObjectReader reader);
        while (error == WireError.None && reader.NextKey())
        {
            error = reader.KeyIs("digit"u8) ? reader.Take(ref digit)
                : reader.KeyIs("track"u8) ? reader.Take(ref track)
                : reader.Skip();
        }

        if (error == WireError.None)
        {
            error = track.ReadText(required: false, out ReadOnlySpan<byte> name);
            message.Track = name;
        }

        if (error == WireError.None)
        {
            error = digit.ReadText(required: true, out ReadOnlySpan<byte> key);
            if (error == WireError.None && (key.Length != 1 || !"0123456789*#ABCD"u8.Contains(key[0])))
            {
                error = WireError.BadValue;
            }

            message.Digit = error == WireError.None ? key[0] : (byte)0;
        }

        return error;
    }

    internal static WireError OpenInner(JsonField field, out JsonObjectReader reader)
    {
        reader = new JsonObjectReader(field.Raw);
        return field.IsAbsent ? WireError.MissingField
            : field.Token != JsonTokenType.StartObject ? WireError.WrongType
            : reader.Open();
    }
}
