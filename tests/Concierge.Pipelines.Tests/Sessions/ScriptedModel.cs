using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.Simulation.Wire;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Tests.Sessions;

/// <summary>The model's end of a line in a test. By itself it greets and confirms the session as asked; everything else is told.</summary>
internal sealed class ScriptedModel : IModelConnector
{
    private WebSocketReader? _reader;
    private WebSocketWriter? _writer;
    private IDuplexPipe? _line;
    private int _event;
    private bool _deaf;

    public List<JsonNode> Heard { get; } = [];

    public IEnumerable<string> HeardTypes => Heard.Select(e => (string)e["type"]!);

    /// <summary>The caller's audio that was appended, as it arrived.</summary>
    public byte[] HeardAudio => [.. Heard.Where(e => (string?)e["type"] == "input_audio_buffer.append").SelectMany(e => Convert.FromBase64String((string)e["audio"]!))];

    public int? CloseCode { get; private set; }

    /// <summary>Null answers a session update with what was asked for.</summary>
    public Func<JsonNode, string>? OnSessionUpdate { get; init; }

    /// <summary>What it says first; null says nothing.</summary>
    public string? Greeting { get; init; } = """{"type":"session.created","event_id":"event_0","session":{"id":"sess_1","type":"realtime","object":"realtime.session"}}""";

    /// <summary>What dialling does instead of connecting.</summary>
    public Func<CancellationToken, ValueTask>? OnConnect { get; init; }

    public Task Listening { get; private set; } = Task.CompletedTask;

    public async ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellationToken)
    {
        if (OnConnect is not null)
        {
            await OnConnect(cancellationToken);
        }

        (IDuplexPipe near, IDuplexPipe far) = InMemoryDuplex.CreatePair();
        _line = far;
        _writer = new WebSocketWriter(far.Output, WebSocketRole.Server);
        _reader = new WebSocketReader(far.Input, WebSocketRole.Server, WebSocketLimits.Default, _writer);
        if (Greeting is not null)
        {
            Say(Greeting);
        }

        Listening = ListenAsync();
        return near;
    }

    public void Say(string json)
    {
        _writer!.TryAppend(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(json));
        _writer.Flush();
    }

    public void Event(string type, string fields) => Say($$"""{"type":"{{type}}","event_id":"event_{{++_event}}",{{fields}}}""");

    public void BeginResponse(string id) =>
        Event("response.created", $$"""
            "response":{"id":"{{id}}","object":"realtime.response","status":"in_progress","output":[]}
            """);

    public void Delta(string response, string item, byte[] audio) => DeltaText(response, item, Convert.ToBase64String(audio));

    public void DeltaText(string response, string item, string text) =>
        Event("response.output_audio.delta", $$"""
            "response_id":"{{response}}","item_id":"{{item}}","output_index":0,"content_index":0,"delta":"{{text}}"
            """);

    public void EndAudio(string response, string item) =>
        Event("response.output_audio.done", $$"""
            "response_id":"{{response}}","item_id":"{{item}}","output_index":0,"content_index":0
            """);

    public void EndResponse(string id, string status = "completed", string output = "[]", string details = "null") =>
        Event("response.done", $$"""
            "response":{"id":"{{id}}","object":"realtime.response","status":"{{status}}","status_details":{{details}},"output":{{output}}}
            """);

    public void SpeechStarted() => Event("input_audio_buffer.speech_started", """
        "audio_start_ms":100,"item_id":"user_1"
        """);

    public void SpeechStopped() => Event("input_audio_buffer.speech_stopped", """
        "audio_end_ms":900,"item_id":"user_1"
        """);

    public ValueTask CloseAsync(int code, string reason) => _writer!.CloseAsync(code, reason);

    /// <summary>Leaves what comes from now on unread.</summary>
    public void StopReading() => _deaf = true;

    public void Reset() => InMemoryDuplex.Abort(_line!);

    private async Task ListenAsync()
    {
        try
        {
            while (!_deaf)
            {
                switch (await _reader!.ReadAsync())
                {
                    case WebSocketReadStatus.Message:
                        JsonNode e = JsonNode.Parse(Encoding.UTF8.GetString(_reader.Payload))!;
                        Heard.Add(e);
                        if ((string?)e["type"] == "session.update")
                        {
                            Say(OnSessionUpdate?.Invoke(e) ?? $$"""{"type":"session.updated","event_id":"event_1","session":{{e["session"]!.ToJsonString()}}}""");
                        }

                        break;
                    case WebSocketReadStatus.Close:
                        CloseCode = _reader.CloseCode;
                        return;
                    default:
                        return;
                }
            }
        }
        catch (IOException)
        {
            // A line that was reset has nothing more to say.
        }
    }
}
