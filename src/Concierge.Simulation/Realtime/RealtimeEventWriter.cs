using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Concierge.Simulation.Time;
using Concierge.WebSockets;

namespace Concierge.Simulation.Realtime;

/// <summary>
/// Formats server events and hands them to the socket, one JSON object per text message. Reuses its buffers: an audio delta allocates nothing but its line in
/// the record.
/// </summary>
internal sealed class RealtimeEventWriter
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly WebSocketWriter _socket;
    private readonly RealtimeTwinOptions _options;
    private readonly RealtimeFaultPlan _faults;
    private readonly RealtimeTwinRecord _record;
    private readonly RealtimeIds _ids;
    private readonly Random _random;
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _json;
    private readonly Agenda _agenda;
    private TimeSpan _lastDue;
    private string _type = "";
    private bool _typeLast;
    private long _count;

    public RealtimeEventWriter(WebSocketWriter socket, RealtimeTwinOptions options, RealtimeFaultPlan faults, RealtimeTwinRecord record, int seed, Agenda agenda)
    {
        _socket = socket;
        _options = options;
        _faults = faults;
        _record = record;
        _ids = new RealtimeIds(seed ^ 0x5EED);
        _random = new Random(seed ^ 0x0DE5);
        _json = new Utf8JsonWriter(_buffer, s_json);
        _agenda = agenda;
    }

    /// <summary>Where what is sent is written too; null for nowhere.</summary>
    public RealtimeEventLog? Log { get; init; }

    /// <summary>Starts an event; write its fields into the result and call <see cref="End"/>.</summary>
    public Utf8JsonWriter Begin(string type)
    {
        RealtimeTwinFaults faults = _faults.Current;
        _count++;
        if (faults.MalformedEveryEvents > 0 && _count % faults.MalformedEveryEvents == 0)
        {
            SendRaw("{\"type\":\"response.output_audio.delta\",\"delta\":"u8, "(malformed)");
        }

        if (faults.UnknownEveryEvents > 0 && _count % faults.UnknownEveryEvents == 0)
        {
            SendRaw("""{"type":"response.weather.delta","event_id":"event_unknown","response_id":"resp_none","delta":{"a":[1,{"b":null}]}}"""u8, "response.weather.delta");
        }

        RealtimeKeyOrder order = _options.KeyOrder;
        if (order == RealtimeKeyOrder.Seeded)
        {
            order = _random.Next(3) == 0 ? RealtimeKeyOrder.TypeFirst : RealtimeKeyOrder.EventIdFirst;
        }

        _type = type;
        _typeLast = order == RealtimeKeyOrder.TypeLast;
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        if (order == RealtimeKeyOrder.TypeFirst)
        {
            _json.WriteString("type"u8, type);
        }

        Span<char> id = stackalloc char[32];
        _json.WriteString("event_id"u8, _ids.NextEvent(id));
        if (order == RealtimeKeyOrder.EventIdFirst)
        {
            _json.WriteString("type"u8, type);
        }

        return _json;
    }

    /// <summary>Ends and sends the event begun.</summary>
    public void End()
    {
        if (_options.UnlistedKeys && _random.Next(8) == 0)
        {
            _json.WriteString("obfuscation"u8, "aX3");
        }

        if (_typeLast)
        {
            _json.WriteString("type"u8, _type);
        }

        _json.WriteEndObject();
        _json.Flush();
        SendRaw(_buffer.WrittenSpan, _type);
    }

    /// <summary>Sends an <c>error</c>, and notes it.</summary>
    /// <param name="error">What is refused.</param>
    /// <param name="eventId">The client event's id, when it had one.</param>
    public void SendError(RealtimeTwinError error, string? eventId)
    {
        _record.Errors.Add(error);
        Utf8JsonWriter json = Begin("error");
        json.WriteStartObject("error");
        json.WriteString("type", error.Type);
        json.WriteString("code", error.Code);
        json.WriteString("message", error.Message);
        json.WriteString("param", error.Param);
        json.WriteString("event_id", eventId);
        json.WriteEndObject();
        End();
    }

    /// <summary>Writes base64 as a field, plainly or with escaped slashes.</summary>
    public void WriteBase64(ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes, bool spoiled = false)
    {
        if (!_faults.Current.EscapeBase64 && !spoiled)
        {
            _json.WriteBase64String(name, bytes);
            return;
        }

        var text = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        Base64.EncodeToUtf8(bytes, text, out _, out int length);
        string value = System.Text.Encoding.ASCII.GetString(text, 0, length);
        if (spoiled && length > 4)
        {
            value = value[..(length / 2)] + "*" + value[((length / 2) + 1)..];
        }

        _json.WritePropertyName(name);
        _json.WriteRawValue('"' + value.Replace("/", "\\/", StringComparison.Ordinal) + '"', skipInputValidation: true);
    }

    /// <summary>Sends a message, or as late as the line's delay wants it and behind all that is late already.</summary>
    public void SendRaw(ReadOnlySpan<byte> message, string type)
    {
        TimeSpan now = _agenda.Now, due = now + _faults.Current.Delay;
        _lastDue = due > _lastDue ? due : _lastDue;
        if (_lastDue > now)
        {
            byte[] copy = message.ToArray();
            _agenda.At(_lastDue, () => Append(copy, type));
        }
        else
        {
            Append(message, type);
        }
    }

    /// <summary>Does something once all that was sent so far has left.</summary>
    public void AfterLast(Action action)
    {
        if (_lastDue > _agenda.Now)
        {
            _agenda.At(_lastDue, action);
        }
        else
        {
            action();
        }
    }

    private void Append(ReadOnlySpan<byte> message, string type)
    {
        Log?.Write("server", _agenda.Now, message);
        WebSocketAppendResult result = _socket.TryAppend(WebSocketOpcode.Text, message);
        _record.Add(new RealtimeTwinEvent(_agenda.Now, type, message.Length, result == WebSocketAppendResult.Accepted,
            _options.KeepEventText ? System.Text.Encoding.UTF8.GetString(message) : null));
    }
}
