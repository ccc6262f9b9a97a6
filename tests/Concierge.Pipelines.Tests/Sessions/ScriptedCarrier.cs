using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Tests.Sessions;

/// <summary>The carrier's end of a line in a test: says what it is told, writes down what it hears, returns marks when asked.</summary>
internal sealed class ScriptedCarrier
{
    public const string StreamSid = "MZ0123456789abcdef0123456789abcdef";
    public const string CallSid = "CA0123456789abcdef0123456789abcdef";

    private readonly WebSocketReader _reader;
    private readonly WebSocketWriter _writer;
    private readonly CancellationTokenSource _ear = new();
    private readonly HashSet<string> _returned = [];
    private int _clearSeen = -1;
    private int _played;
    private int _chunk;
    private int _sequence;

    public ScriptedCarrier(IDuplexPipe line)
    {
        _writer = new WebSocketWriter(line.Output, WebSocketRole.Client);
        _reader = new WebSocketReader(line.Input, WebSocketRole.Client, WebSocketLimits.Default, _writer);
    }

    /// <summary>Events heard, as JSON.</summary>
    public List<JsonNode> Heard { get; } = [];

    public int? CloseCode { get; private set; }

    public IEnumerable<string> HeardKinds => Heard.Select(e => (string)e["event"]!);

    /// <summary>Presses a key.</summary>
    public void Press(char digit) => Say(
        $$$$"""{"event":"dtmf","sequenceNumber":"{{{{++_sequence}}}}","streamSid":"{{{{StreamSid}}}}","dtmf":{"track":"inbound_track","digit":"{{{{digit}}}}"}}""");

    public int HeardOctets => Heard.Where(e => (string?)e["event"] == "media").Sum(e => Convert.FromBase64String((string)e["media"]!["payload"]!).Length);

    public void Say(string json)
    {
        _writer.TryAppend(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(json));
        _writer.Flush();
    }

    public void Connect() => Say("""{"event":"connected","protocol":"Call","version":"1.0.0"}""");

    public void Start(string encoding = "audio/x-mulaw", int rate = 8000) => Say(
        $$$$"""{"event":"start","sequenceNumber":"{{{{++_sequence}}}}","streamSid":"{{{{StreamSid}}}}","start":{"streamSid":"{{{{StreamSid}}}}","accountSid":"AC0123456789abcdef0123456789abcdef","callSid":"{{{{CallSid}}}}","tracks":["inbound"],"mediaFormat":{"encoding":"{{{{encoding}}}}","sampleRate":{{{{rate}}}},"channels":1},"customParameters":{}}}""");

    public void Media(byte[] muLaw, int? chunk = null, string? payload = null, long? timestamp = null)
    {
        _chunk = chunk ?? _chunk + 1;
        Say($$$$"""{"event":"media","sequenceNumber":"{{{{++_sequence}}}}","streamSid":"{{{{StreamSid}}}}","media":{"track":"inbound","chunk":"{{{{_chunk}}}}","timestamp":"{{{{timestamp ?? _chunk * 20}}}}","payload":"{{{{payload ?? Convert.ToBase64String(muLaw)}}}}"}}""");
    }

    public void ReturnMark(string name) =>
        Say($$$$"""{"event":"mark","sequenceNumber":"{{{{++_sequence}}}}","streamSid":"{{{{StreamSid}}}}","mark":{"name":"{{{{name}}}}"}}""");

    public void ReturnAllMarks()
    {
        foreach (JsonNode mark in Heard.Where(e => (string?)e["event"] == "mark").ToList())
        {
            ReturnMark((string)mark["mark"]!["name"]!);
        }
    }

    /// <summary>Plays what it has for another 20 ms and returns the marks that this brings up; after a clear, those that were cleared.</summary>
    public void Play()
    {
        int clear = Heard.FindLastIndex(e => (string?)e["event"] == "clear");
        if (clear != _clearSeen)
        {
            _clearSeen = clear;
            _played = 0;
        }

        int available = 0;
        for (int i = 0; i < Heard.Count; i++)
        {
            JsonNode e = Heard[i];
            if (i > clear && (string?)e["event"] == "media")
            {
                available += Convert.FromBase64String((string)e["media"]!["payload"]!).Length;
            }
            else if ((string?)e["event"] == "mark" && (i < clear || available <= _played + 160) && _returned.Add((string)e["mark"]!["name"]!))
            {
                ReturnMark((string)e["mark"]!["name"]!);
            }
        }

        _played = Math.Min(available, _played + 160);
    }

    public void Stop() => Say($$$$"""{"event":"stop","sequenceNumber":"{{{{++_sequence}}}}","streamSid":"{{{{StreamSid}}}}","stop":{"accountSid":"AC0123456789abcdef0123456789abcdef","callSid":"{{{{CallSid}}}}"}}""");

    /// <summary>Leaves what comes from now on unread.</summary>
    public void StopReading() => _ear.Cancel();

    /// <summary>Listens until the line ends; the reader answers close and ping by itself.</summary>
    public async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                switch (await _reader.ReadAsync(_ear.Token))
                {
                    case WebSocketReadStatus.Message:
                        Heard.Add(JsonNode.Parse(Encoding.UTF8.GetString(_reader.Payload))!);
                        break;
                    case WebSocketReadStatus.Close:
                        CloseCode = _reader.CloseCode;
                        return;
                    default:
                        return;
                }
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            // The test reset the line under us, or had enough of it.
        }
    }

    public ValueTask CloseAsync(int code) => _writer.CloseAsync(code, "");
}
