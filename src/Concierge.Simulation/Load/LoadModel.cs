using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Concierge.WebSockets;

namespace Concierge.Simulation.Load;

/// <summary>The Realtime server's end of one call: configures the session as it is asked, learns from the first stamps whose call it is, and answers with stamped frames in real time.</summary>
/// <remarks>Runs on one thread: the event loop's, or a test's. It takes no turns: the agent speaks all the time.</remarks>
internal sealed class LoadModel
{
    private static readonly byte[] s_delta = Prefix("response.output_audio.delta");
    private static readonly byte[] s_olderDelta = Prefix("response.audio.delta");

    private readonly LoadSwitchboard _switchboard;
    private readonly WebSocketReader _reader;
    private readonly WebSocketWriter _writer;
    private readonly LoadEar _ear;
    private readonly Action<int, bool> _onStamp;
    private readonly Func<long> _now;
    private readonly bool _relayed;
    private LoadCall? _call;
    private byte[] _frame = [];
    private byte[] _message = [];
    private byte[] _prefix = s_delta;
    private long _arrived;
    private bool _configured;

    /// <param name="switchboard">Knows the calls.</param>
    /// <param name="connection">The upgraded connection.</param>
    /// <param name="hears">The format of the caller's audio here.</param>
    /// <param name="relayed">Whether a bare relay is between, so that the carrier's own messages arrive here.</param>
    /// <param name="now">The clock, in nanoseconds.</param>
    public LoadModel(LoadSwitchboard switchboard, IDuplexPipe connection, LoadAudioFormat hears, bool relayed, Func<long> now)
    {
        _switchboard = switchboard;
        _now = now;
        _relayed = relayed;
        _ear = new LoadEar(hears);
        _onStamp = OnStamp;
        _writer = new WebSocketWriter(connection.Output, WebSocketRole.Server);
        _reader = new WebSocketReader(connection.Input, WebSocketRole.Server, new WebSocketLimits(), _writer);
    }

    public bool IsOver { get; private set; }

    public LoadEar Ear => _ear;

    /// <summary>Events that could not be read.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Whether the bridge has configured its session, or no bridge is there to do so.</summary>
    public bool IsConfigured => _configured || _relayed;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!_relayed)
            {
                Send("""{"type":"session.created","event_id":"event_created","session":{"type":"realtime","object":"realtime.session","id":"sess_load"}}""");
            }

            while (true)
            {
                WebSocketReadStatus status = await _reader.ReadAsync(cancellationToken);
                _arrived = _now();
                do
                {
                    if (status != WebSocketReadStatus.Message)
                    {
                        return;
                    }

                    Take(_reader.Payload);
                }
                while (_reader.TryRead(out status));
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        finally
        {
            IsOver = true;
        }
    }

    /// <summary>Sends the frame that is due, once the call is known and configured.</summary>
    public void SendFrame()
    {
        if (IsOver || _call is null || !IsConfigured)
        {
            return;
        }

        _call.Down.Next(_frame, _now());
        _prefix.CopyTo(_message, 0);
        Base64.EncodeToUtf8(_frame, _message.AsSpan(_prefix.Length), out _, out int written);
        int length = _prefix.Length + written;
        "\"}"u8.CopyTo(_message.AsSpan(length));
        _writer.TrySend(WebSocketOpcode.Text, _message.AsSpan(0, length + 2), WebSocketLane.Media);
    }

    /// <summary>Sends half a second of speech at once.</summary>
    public void SendBurst()
    {
        for (int i = 0; i < 25; i++)
        {
            SendFrame();
        }
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        if (LoadJson.TryFind(message, _relayed ? "\"payload\""u8 : "\"audio\""u8, out ReadOnlySpan<byte> audio))
        {
            if (_ear.Hear(audio, _onStamp) < 0)
            {
                Unreadable++;
            }
        }
        else if (!_relayed && LoadJson.TryFind(message, "\"type\""u8, out _))
        {
            Configure(message);
        }
    }

    private void Configure(ReadOnlySpan<byte> message)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(message.ToArray());
            JsonElement root = document.RootElement;
            if (root.GetProperty("type").GetString() != "session.update" || !root.TryGetProperty("session", out JsonElement session))
            {
                return;
            }

            // The interface before general availability named its events and its formats differently; bridges that still speak it are measured too.
            bool older = !session.TryGetProperty("audio", out _) && !session.TryGetProperty("type", out _);
            _prefix = older ? s_olderDelta : s_delta;
            var buffer = new ArrayBufferWriter<byte>(1024);
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteString("type", "session.updated");
                json.WriteString("event_id", "event_updated");
                json.WriteStartObject("session");
                json.WriteString("id", "sess_load");
                json.WriteString("object", "realtime.session");
                foreach (JsonProperty property in session.EnumerateObject().Where(p => p.Name is not ("id" or "object")))
                {
                    property.WriteTo(json);
                }

                json.WriteEndObject();
                json.WriteEndObject();
            }

            _writer.TryAppend(WebSocketOpcode.Text, buffer.WrittenSpan);
            if (!_configured)
            {
                _configured = true;
                SendRaw("""{"type":"response.created","event_id":"event_r","response":{"id":"resp_AAAAAAAAAAAAAAAAAAAAAA","object":"realtime.response","status":"in_progress","output":[]}}"""u8);
            }

            _writer.Flush();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            Unreadable++;
        }
    }

    private void OnStamp(int value, bool isId)
    {
        if (!isId)
        {
            _call?.Up.Arrived(value, _arrived);
            return;
        }

        if (_call is null && _switchboard.Find(value) is { Model: null } call)
        {
            call.Model = this;
            _frame = new byte[call.Down.FrameOctets];
            _message = new byte[_prefix.Length + s_delta.Length + Base64.GetMaxEncodedToUtf8Length(_frame.Length) + 2];
            _call = call;
        }
    }

    private static byte[] Prefix(string type) => Encoding.ASCII.GetBytes(
        $$"""{"type":"{{type}}","event_id":"event_AAAAAAAAAAAAAAAAAAAAA","response_id":"resp_AAAAAAAAAAAAAAAAAAAAAA","item_id":"item_AAAAAAAAAAAAAAAAAAAAAA","output_index":0,"content_index":0,"delta":"?""")[..^1];

    private void Send(string message)
    {
        SendRaw(Encoding.UTF8.GetBytes(message));
        _writer.Flush();
    }

    private void SendRaw(ReadOnlySpan<byte> message) => _writer.TryAppend(WebSocketOpcode.Text, message);
}
