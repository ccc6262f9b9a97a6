using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Concierge.WebSockets;

namespace Concierge.Simulation.Twilio;

/// <summary>Formats what the carrier sends. Counts sequence numbers; a media message allocates nothing.</summary>
internal sealed class TwilioMessages
{
    private readonly WebSocketWriter _socket;
    private readonly byte[] _streamSid;
    private readonly byte[] _buffer = new byte[1024];
    private int _length;
    private long _sequence;

    public TwilioMessages(WebSocketWriter socket, string streamSid)
    {
        _socket = socket;
        _streamSid = Encoding.ASCII.GetBytes(streamSid);
    }

    public void Connected() => Send("""{"event":"connected","protocol":"Call","version":"1.0.0"}"""u8);

    public void Start(TwilioTwinRecord record, TwilioTwinOptions options, IReadOnlyList<string>? tracks = null)
    {
        TwilioTwinFaults faults = options.Faults;
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("event", "start");
            json.WriteString("sequenceNumber", NextSequence());
            json.WriteStartObject("start");
            json.WriteString("accountSid", record.AccountSid);
            json.WriteString("streamSid", record.StreamSid);
            json.WriteString("callSid", record.CallSid);
            json.WriteStartArray("tracks");
            foreach (string track in tracks ?? ["inbound"])
            {
                json.WriteStringValue(track);
            }

            json.WriteEndArray();
            json.WriteStartObject("mediaFormat");
            json.WriteString("encoding", faults.Encoding);
            json.WriteNumber("sampleRate", faults.SampleRate);
            json.WriteNumber("channels", faults.Channels);
            json.WriteEndObject();
            json.WriteStartObject("customParameters");
            foreach ((string name, string value) in options.CustomParameters)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteString("streamSid", record.StreamSid);
            json.WriteEndObject();
        }

        Send(stream.ToArray());
    }

    /// <summary>{"event":"media","sequenceNumber":"3","media":{"track":"inbound","chunk":"1","timestamp":"94","payload":"..."},"streamSid":"MZ..."}</summary>
    public void Media(long chunk, long timestampMs, ReadOnlySpan<byte> payload, bool spoiled = false, bool repeats = false, string track = "inbound")
    {
        _length = 0;
        Put("{\"event\":\"media\",\"sequenceNumber\":\""u8);
        Put(repeats ? _sequence : ++_sequence);
        Put("\",\"media\":{\"track\":\""u8);
        Put(track == "inbound" ? "inbound"u8 : "outbound"u8);
        Put("\",\"chunk\":\""u8);
        Put(chunk);
        Put("\",\"timestamp\":\""u8);
        Put(timestampMs);
        Put("\",\"payload\":\""u8);
        Base64.EncodeToUtf8(payload, _buffer.AsSpan(_length), out _, out int written);
        if (spoiled)
        {
            _buffer[_length + 7] = (byte)'!';
        }

        _length += written;
        Put("\"},\"streamSid\":\""u8);
        Put(_streamSid);
        Put("\"}"u8);
        Send(_buffer.AsSpan(0, _length));
    }

    public void Dtmf(char digit) =>
        Send(Encoding.ASCII.GetBytes($$$"""{"event":"dtmf","streamSid":"{{{Sid}}}","sequenceNumber":"{{{NextSequence()}}}","dtmf":{"track":"inbound_track","digit":"{{{digit}}}"}}"""));

    public void Mark(string name) =>
        Send(Encoding.UTF8.GetBytes($$$"""{"event":"mark","sequenceNumber":"{{{NextSequence()}}}","streamSid":"{{{Sid}}}","mark":{"name":"{{{JsonEncodedText.Encode(name)}}}"}}"""));

    public void Stop(TwilioTwinRecord record) =>
        Send(Encoding.ASCII.GetBytes($$$"""{"event":"stop","sequenceNumber":"{{{NextSequence()}}}","streamSid":"{{{Sid}}}","stop":{"accountSid":"{{{record.AccountSid}}}","callSid":"{{{record.CallSid}}}"}}"""));

    public void Send(ReadOnlySpan<byte> message) => _socket.TryAppend(WebSocketOpcode.Text, message);

    private string Sid => Encoding.ASCII.GetString(_streamSid);

    private string NextSequence() => (++_sequence).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void Put(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }

    private void Put(long number)
    {
        Utf8Formatter.TryFormat(number, _buffer.AsSpan(_length), out int written);
        _length += written;
    }
}
