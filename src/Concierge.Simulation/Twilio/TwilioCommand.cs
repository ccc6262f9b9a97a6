using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Concierge.Simulation.Twilio;

/// <summary>
/// Reads what a node sends, by the vendor's strict rule: known event, exactly its keys, this stream's sid (31951 otherwise). Media is decoded into a reused buffer.
/// </summary>
internal sealed class TwilioCommand(string streamSid)
{
    private byte[] _payload = new byte[16384];
    private int _payloadLength;

    public enum MessageKind
    {
        Invalid,
        Media,
        Mark,
        Clear,
    }

    [Flags]
    private enum KeySet
    {
        None = 0,
        Event = 1,
        StreamSid = 2,
        Media = 4,
        Mark = 8,
    }

    /// <summary>Media: the decoded audio, valid until the next read.</summary>
    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, _payloadLength);

    /// <summary>Mark: its name.</summary>
    public string MarkName { get; private set; } = "";

    /// <summary>Invalid: what is wrong.</summary>
    public string Fault { get; private set; } = "";

    public MessageKind Read(ReadOnlySpan<byte> message)
    {
        var json = new Utf8JsonReader(message);
        try
        {
            return ReadObject(ref json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Invalid("not the JSON expected: " + e.Message);
        }
    }

    private MessageKind ReadObject(ref Utf8JsonReader json)
    {
        KeySet seen = KeySet.None;
        MessageKind kind = MessageKind.Invalid;
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return Invalid("not a JSON object");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            KeySet key = json.ValueTextEquals("event"u8) ? KeySet.Event
                : json.ValueTextEquals("streamSid"u8) ? KeySet.StreamSid
                : json.ValueTextEquals("media"u8) ? KeySet.Media
                : json.ValueTextEquals("mark"u8) ? KeySet.Mark
                : KeySet.None;
            if (key == KeySet.None || (seen & key) != 0)
            {
                return Invalid($"additional field '{json.GetString()}'");
            }

            seen |= key;
            json.Read();
            switch (key)
            {
                case KeySet.Event:
                    kind = json.ValueTextEquals("media"u8) ? MessageKind.Media : json.ValueTextEquals("mark"u8) ? MessageKind.Mark : json.ValueTextEquals("clear"u8) ? MessageKind.Clear : MessageKind.Invalid;
                    if (kind == MessageKind.Invalid)
                    {
                        return Invalid($"unknown event '{json.GetString()}'");
                    }

                    break;
                case KeySet.StreamSid:
                    if (!json.ValueTextEquals(streamSid))
                    {
                        return Invalid("streamSid of another stream");
                    }

                    break;
                default:
                    if (!ReadInner(ref json, key))
                    {
                        return MessageKind.Invalid;
                    }

                    break;
            }
        }

        if (json.TokenType != JsonTokenType.EndObject || json.Read())
        {
            return Invalid("not one JSON object");
        }

        KeySet wanted = KeySet.Event | KeySet.StreamSid | (kind == MessageKind.Media ? KeySet.Media : kind == MessageKind.Mark ? KeySet.Mark : KeySet.None);
        return seen == wanted ? kind : Invalid($"fields {seen}, expected {wanted}");
    }

    // {"payload":"..."} or {"name":"..."}, and nothing else in it.
    private bool ReadInner(ref Utf8JsonReader json, KeySet key)
    {
        bool media = key == KeySet.Media;
        if (json.TokenType != JsonTokenType.StartObject || !json.Read() || json.TokenType != JsonTokenType.PropertyName
            || !json.ValueTextEquals(media ? "payload"u8 : "name"u8))
        {
            Invalid(media ? "media without payload" : "mark without name");
            return false;
        }

        json.Read();
        if (json.TokenType != JsonTokenType.String)
        {
            Invalid("a field is no string");
            return false;
        }

        if (media && !Decode(ref json))
        {
            Invalid("payload is not base64");
            return false;
        }

        if (!media)
        {
            MarkName = json.GetString()!;
        }

        if (!json.Read() || json.TokenType != JsonTokenType.EndObject)
        {
            Invalid($"additional field in {key}");
            return false;
        }

        return true;
    }

    private bool Decode(ref Utf8JsonReader json)
    {
        int most = Base64.GetMaxDecodedFromUtf8Length(json.ValueSpan.Length);
        if (_payload.Length < most)
        {
            _payload = new byte[most];
        }

        if (!json.ValueIsEscaped)
        {
            return Base64.DecodeFromUtf8(json.ValueSpan, _payload, out _, out _payloadLength) == OperationStatus.Done;
        }

        if (!json.TryGetBytesFromBase64(out byte[]? bytes))
        {
            return false;
        }

        _payload = bytes;
        _payloadLength = bytes.Length;
        return true;
    }

    private MessageKind Invalid(string fault)
    {
        Fault = fault;
        return MessageKind.Invalid;
    }
}
