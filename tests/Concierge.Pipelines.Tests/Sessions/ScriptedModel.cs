using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.Protocols.MediaStreams;
using Concierge.Simulation.Time;
using Concierge.Simulation.Wire;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Tests.Sessions;

/// <summary>
/// The model's end of a line in a test. By itself it greets and confirms the session as asked; everything else is told. A call that dials again gets a new session; what
/// is told goes to the newest.
/// </summary>
internal sealed class ScriptedModel : IModelConnector
{
    private readonly List<Connection> _connections = [];
    private int _event;

    /// <summary>Everything heard, over all sessions.</summary>
    public List<JsonNode> Heard { get; } = [];

    public IEnumerable<string> HeardTypes => Heard.Select(e => (string)e["type"]!);

    /// <summary>The caller's audio that was appended, as it arrived.</summary>
    public byte[] HeardAudio => [.. Heard.Where(e => (string?)e["type"] == "input_audio_buffer.append").SelectMany(e => Convert.FromBase64String((string)e["audio"]!))];

    public int? CloseCode => Newest.CloseCode;

    /// <summary>Null answers a session update with what was asked for.</summary>
    public Func<JsonNode, string>? OnSessionUpdate { get; init; }

    /// <summary>What it says first; null says nothing.</summary>
    public string? Greeting { get; set; } = """{"type":"session.created","event_id":"event_0","session":{"id":"sess_1","type":"realtime","object":"realtime.session"}}""";

    /// <summary>What it says first, by the clock; null says <see cref="Greeting"/>.</summary>
    public Func<TimeProvider, string>? Greet { get; set; }

    /// <summary>What dialling does instead of connecting.</summary>
    public Func<CancellationToken, ValueTask>? OnConnect { get; set; }

    /// <summary>The session that waits for the call.</summary>
    public Func<ValueTask<PreparedModel?>>? OnClaim { get; set; }

    /// <summary>What lies between the call and this end; null for nothing. Given this end's line, gives the one that is spoken on.</summary>
    public Func<IDuplexPipe, IDuplexPipe>? Distance { get; init; }

    /// <summary>Times it was dialled.</summary>
    public int Dials { get; private set; }

    public Task Listening => Newest.Listening;

    public IReadOnlyList<Connection> Connections => _connections;

    private Connection Newest => _connections[^1];

    public async ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellationToken)
    {
        Dials++;
        if (OnConnect is not null)
        {
            await OnConnect(cancellationToken);
        }

        (IDuplexPipe near, IDuplexPipe far) = InMemoryDuplex.CreatePair();
        var connection = new Connection(this, Distance?.Invoke(far) ?? far);
        _connections.Add(connection);
        connection.Begin();
        return near;
    }

    public ValueTask<PreparedModel?> TryClaimAsync(StreamStart start, CancellationToken cancellationToken) =>
        OnClaim?.Invoke() ?? ValueTask.FromResult<PreparedModel?>(null);

    /// <summary>The session that says what is told; null for the newest.</summary>
    public int? SpeaksOn { get; set; }

    public void Say(string json) => (SpeaksOn is { } index ? _connections[index] : Newest).Say(json);

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

    public void SpeechStarted(string item = "user_1") => Event("input_audio_buffer.speech_started", $$"""
        "audio_start_ms":100,"item_id":"{{item}}"
        """);

    public void SpeechStopped(string item = "user_1") => Event("input_audio_buffer.speech_stopped", $$"""
        "audio_end_ms":900,"item_id":"{{item}}"
        """);

    public void CallerSaid(string text, string item = "user_1") => Event("conversation.item.input_audio_transcription.completed", $$"""
        "item_id":"{{item}}","content_index":0,"transcript":"{{text}}"
        """);

    public void AgentSays(string response, string item, string text) => Event("response.output_audio_transcript.delta", $$"""
        "response_id":"{{response}}","item_id":"{{item}}","output_index":0,"content_index":0,"delta":"{{text}}"
        """);

    public ValueTask CloseAsync(int code, string reason) => Newest.Writer.CloseAsync(code, reason);

    /// <summary>Leaves what comes from now on unread.</summary>
    public void StopReading() => Newest.StopReading();

    public void Reset() => Newest.Reset();

    /// <summary>One session.</summary>
    internal sealed class Connection
    {
        private readonly ScriptedModel _model;
        private readonly IDuplexPipe _line;
        private readonly WebSocketReader _reader;
        private bool _deaf;

        public Connection(ScriptedModel model, IDuplexPipe line)
        {
            _model = model;
            _line = line;
            Writer = new WebSocketWriter(line.Output, WebSocketRole.Server);
            _reader = new WebSocketReader(line.Input, WebSocketRole.Server, WebSocketLimits.Default, Writer);
        }

        public WebSocketWriter Writer { get; }

        public List<JsonNode> Heard { get; } = [];

        public IEnumerable<string> HeardTypes => Heard.Select(e => (string)e["type"]!);

        /// <summary>Caller audio heard, in octets of the session's format.</summary>
        public int HeardOctets => Heard.Where(e => (string?)e["type"] == "input_audio_buffer.append").Sum(e => Convert.FromBase64String((string)e["audio"]!).Length);

        public int? CloseCode { get; private set; }

        public Task Listening { get; private set; } = Task.CompletedTask;

        public void Begin()
        {
            if ((_model.Greet?.Invoke((SynchronizationContext.Current as VirtualTimeLoop)!.TimeProvider) ?? _model.Greeting) is { } greeting)
            {
                Say(greeting);
            }

            Listening = ListenAsync();
        }

        public void Say(string json)
        {
            Writer.TryAppend(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(json));
            Writer.Flush();
        }

        /// <summary>Sends octets as they are.</summary>
        public async Task RawAsync(byte[] octets) => await _line.Output.WriteAsync(octets);

        public void StopReading() => _deaf = true;

        public void Reset() => InMemoryDuplex.Abort(_line);

        private async Task ListenAsync()
        {
            try
            {
                while (!_deaf)
                {
                    switch (await _reader.ReadAsync())
                    {
                        case WebSocketReadStatus.Message:
                            JsonNode e = JsonNode.Parse(Encoding.UTF8.GetString(_reader.Payload))!;
                            Heard.Add(e);
                            _model.Heard.Add(e);
                            if ((string?)e["type"] == "session.update")
                            {
                                Say(_model.OnSessionUpdate?.Invoke(e) ?? $$"""{"type":"session.updated","event_id":"event_1","session":{{e["session"]!.ToJsonString()}}}""");
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
}
