using System.Buffers;
using System.Text;
using System.Text.Json;
using Concierge.WebSockets;

namespace Concierge.Simulation.Load;

/// <summary>The Realtime server's end of one call: configures the session as it is asked, learns from the first stamps whose call it is, and answers with stamped frames in real time.</summary>
/// <remarks>It takes no turns: the agent speaks all the time.</remarks>
internal sealed class LoadModel : LoadEnd
{
    private static readonly byte[] s_delta = Prefix("response.output_audio.delta");
    private static readonly byte[] s_olderDelta = Prefix("response.audio.delta");

    private readonly Func<int, LoadModel, (LoadFlow Up, LoadFlow Down)?> _claim;
    private readonly LoadEar _ear;
    private readonly Action<int, bool> _onStamp;
    private readonly bool _relayed;
    private LoadFlow? _hears; // null until the call is known
    private LoadFlow? _sends;
    private byte[] _prefix = s_delta;
    private bool _configured;

    /// <param name="claim">Finds the call that a stamp names, for the model that heard it; null when there is none to be had.</param>
    /// <param name="hears">The format of the caller's audio here.</param>
    /// <param name="relayed">Whether a bare relay is between, so that the carrier's own messages arrive here.</param>
    /// <param name="now">The clock, in nanoseconds.</param>
    public LoadModel(Func<int, LoadModel, (LoadFlow Up, LoadFlow Down)?> claim, LoadAudioFormat hears, bool relayed, Func<long> now)
        : base(WebSocketRole.Server, now)
    {
        _claim = claim;
        _relayed = relayed;
        _ear = new LoadEar(hears);
        _onStamp = OnStamp;
    }

    public LoadEar Ear => _ear;

    /// <summary>Whether the bridge has configured its session, or no bridge is there to do so.</summary>
    public bool IsConfigured => _configured || _relayed;

    /// <summary>Greets a bridge.</summary>
    public void Begin()
    {
        if (!_relayed)
        {
            Send("""{"type":"session.created","event_id":"event_created","session":{"type":"realtime","object":"realtime.session","id":"sess_load"}}"""u8);
        }
    }

    /// <summary>Sends the frame that is due, once the call is known and configured.</summary>
    /// <param name="now">The time.</param>
    public void SendFrame(long now)
    {
        if (IsOver || _sends is null || !IsConfigured)
        {
            return;
        }

        Span<byte> text = Message;
        _prefix.CopyTo(text);
        int length = _prefix.Length;
        length += _sends.Next(text[length..], now);
        "\"}"u8.CopyTo(text[length..]);
        SendBuilt(length + 2, mayDrop: true);
    }

    public override void AddSendingTo(WorkingSet set)
    {
        base.AddSendingTo(set);
        set.Add(_sends);
        set.Add(_prefix);
    }

    public override void AddHearingTo(WorkingSet set)
    {
        base.AddHearingTo(set);
        set.Add(_hears);
        set.Add(_onStamp);
        _ear.AddTo(set);
    }

    /// <summary>Sends half a second of speech at once.</summary>
    /// <param name="now">The time.</param>
    public void SendBurst(long now)
    {
        for (int i = 0; i < 25; i++)
        {
            SendFrame(now);
        }
    }

    protected override void OnMessage(ReadOnlySpan<byte> message)
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

            Send(buffer.WrittenSpan);
            if (!_configured)
            {
                _configured = true;
                Send("""{"type":"response.created","event_id":"event_r","response":{"id":"resp_AAAAAAAAAAAAAAAAAAAAAA","object":"realtime.response","status":"in_progress","output":[]}}"""u8);
            }
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
            _hears?.Arrived(value, Arrived);
            return;
        }

        if (_hears is null && _claim(value, this) is { } call)
        {
            (_hears, _sends) = call;
        }
    }

    private static byte[] Prefix(string type) => Encoding.ASCII.GetBytes(
        $$"""{"type":"{{type}}","event_id":"event_AAAAAAAAAAAAAAAAAAAAA","response_id":"resp_AAAAAAAAAAAAAAAAAAAAAA","item_id":"item_AAAAAAAAAAAAAAAAAAAAAA","output_index":0,"content_index":0,"delta":"?""")[..^1];
}
