using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Concierge.Protocols.Text;

namespace Concierge.Protocols.MediaStreams;

/// <summary>Reads <c>{event:"start", streamSid, start:{streamSid, accountSid, callSid, tracks, mediaFormat:{encoding, sampleRate, channels}, customParameters}}</c>.</summary>
internal static class StreamStartReader
{
    internal static WireError Read(ReadOnlySpan<byte> utf8, out StreamStart? start)
    {
        start = null;
        JsonField kind = default, outerSid = default, body = default;
        var reader = new JsonObjectReader(utf8);
        WireError error = reader.Open();
        while (error == WireError.None && reader.NextKey())
        {
            error = reader.KeyIs("event"u8) ? reader.Take(ref kind)
                : reader.KeyIs("streamSid"u8) ? reader.Take(ref outerSid)
                : reader.KeyIs("start"u8) ? reader.Take(ref body)
                : reader.Skip();
        }

        if (error == WireError.None)
        {
            error = MediaStreamsParser.ReadType(kind, out MediaStreamsEventType type);
            if (error == WireError.None && type != MediaStreamsEventType.Start)
            {
                error = WireError.BadValue;
            }
        }

        return error == WireError.None ? ReadBody(outerSid, body, out start) : error;
    }

    private static WireError ReadBody(JsonField outerSid, JsonField body, out StreamStart? start)
    {
        start = null;
        JsonField innerSid = default, accountSid = default, callSid = default, tracks = default, format = default, parameters = default;
        WireError error = MediaStreamsParser.OpenInner(body, out JsonObjectReader reader);
        while (error == WireError.None && reader.NextKey())
        {
            error = reader.KeyIs("streamSid"u8) ? reader.Take(ref innerSid)
                : reader.KeyIs("accountSid"u8) ? reader.Take(ref accountSid)
                : reader.KeyIs("callSid"u8) ? reader.Take(ref callSid)
                : reader.KeyIs("tracks"u8) ? reader.Take(ref tracks)
                : reader.KeyIs("mediaFormat"u8) ? reader.Take(ref format)
                : reader.KeyIs("customParameters"u8) ? reader.Take(ref parameters)
                : reader.Skip();
        }

        if (error != WireError.None
            || (error = ReadStreamSid(outerSid, innerSid, out string stream)) != WireError.None
            || (error = ReadString(callSid, out string call)) != WireError.None
            || (error = ReadString(accountSid, out string account)) != WireError.None
            || (error = ReadFormat(format, out string encoding, out int rate, out int channels)) != WireError.None
            || (error = ReadTracks(tracks, out List<string> names)) != WireError.None
            || (error = ReadParameters(parameters, out Dictionary<string, string> custom)) != WireError.None)
        {
            return error;
        }

        start = new StreamStart(stream, call, account, names, encoding, rate, channels, custom.ToFrozenDictionary(StringComparer.Ordinal));
        return WireError.None;
    }

    /// <summary>The id stands in two places; either will do, and both must say the same.</summary>
    private static WireError ReadStreamSid(JsonField outer, JsonField inner, out string streamSid)
    {
        streamSid = "";
        WireError error = outer.ReadText(required: inner.IsAbsent, out ReadOnlySpan<byte> first);
        if (error != WireError.None)
        {
            return error;
        }

        error = inner.ReadText(required: false, out ReadOnlySpan<byte> second);
        if (error != WireError.None)
        {
            return error;
        }

        if (!outer.IsAbsent && !inner.IsAbsent && !first.SequenceEqual(second))
        {
            return WireError.BadValue;
        }

        streamSid = Encoding.UTF8.GetString(outer.IsAbsent ? second : first);
        return WireError.None;
    }

    private static WireError ReadFormat(JsonField format, out string encoding, out int rate, out int channels)
    {
        encoding = "";
        rate = 0;
        channels = 0;
        JsonField encodingField = default, rateField = default, channelsField = default;
        WireError error = MediaStreamsParser.OpenInner(format, out JsonObjectReader reader);
        while (error == WireError.None && reader.NextKey())
        {
            error = reader.KeyIs("encoding"u8) ? reader.Take(ref encodingField)
                : reader.KeyIs("sampleRate"u8) ? reader.Take(ref rateField)
                : reader.KeyIs("channels"u8) ? reader.Take(ref channelsField)
                : reader.Skip();
        }

        if (error == WireError.None)
        {
            error = ReadString(encodingField, out encoding);
        }

        if (error == WireError.None)
        {
            error = ReadInt32(rateField, out rate);
        }

        return error == WireError.None ? ReadInt32(channelsField, out channels) : error;
    }

    private static WireError ReadTracks(JsonField tracks, out List<string> names)
    {
        names = [];
        if (tracks.IsAbsent)
        {
            return WireError.None;
        }

        if (tracks.Token != JsonTokenType.StartArray)
        {
            return WireError.WrongType;
        }

        var reader = new Utf8JsonReader(tracks.Raw);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var name = new JsonField { Token = reader.TokenType, Raw = reader.ValueSpan, HasEscapes = reader.ValueIsEscaped };
            WireError error = ReadString(name, out string text);
            if (error != WireError.None)
            {
                return error == WireError.MissingField ? WireError.WrongType : error;
            }

            names.Add(text);
        }

        return WireError.None;
    }

    private static WireError ReadParameters(JsonField parameters, out Dictionary<string, string> custom)
    {
        custom = new Dictionary<string, string>(StringComparer.Ordinal);
        if (parameters.IsAbsent)
        {
            return WireError.None;
        }

        WireError error = MediaStreamsParser.OpenInner(parameters, out JsonObjectReader reader);
        while (error == WireError.None && reader.NextKey())
        {
            JsonField value = default;
            error = ReadString(reader.Key, out string name);
            if (error == WireError.None)
            {
                error = reader.Take(ref value);
            }

            if (error == WireError.None && value.IsAbsent)
            {
                error = WireError.WrongType;
            }

            if (error == WireError.None)
            {
                error = ReadString(value, out string text);
                if (error == WireError.None && !custom.TryAdd(name, text))
                {
                    error = WireError.DuplicateField;
                }
            }
        }

        return error;
    }

    private static WireError ReadString(JsonField field, out string text)
    {
        WireError error = field.ReadText(required: true, out ReadOnlySpan<byte> utf8);
        text = error == WireError.None ? Encoding.UTF8.GetString(utf8) : "";
        return error;
    }

    private static WireError ReadInt32(JsonField field, out int value)
    {
        long number = 0;
        WireError error = field.ReadInteger(required: true, ref number);
        value = (int)Math.Min(number, int.MaxValue);
        return error == WireError.None && number > int.MaxValue ? WireError.OutOfRange : error;
    }
}
