using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Time;
using Concierge.Simulation.Twilio;
using Concierge.Simulation.Wire;
using Concierge.WebSockets;

namespace Concierge.Simulation.Tests.Twilio;

/// <summary>A node of a few lines for the Twilio twin: collects what it is sent, sends what a test wants.</summary>
internal sealed class TwinNode
{
    private readonly WebSocketWriter _writer;
    private readonly WebSocketReader _reader;
    private readonly VirtualTimeLoop _loop;

    private TwinNode(VirtualTimeLoop loop, IDuplexPipe line)
    {
        _loop = loop;
        _writer = new WebSocketWriter(line.Output, WebSocketRole.Server, new WebSocketWriterOptions { ControlBudget = 16 * 1024 * 1024 });
        _reader = new WebSocketReader(line.Input, WebSocketRole.Server, WebSocketLimits.Default, _writer);
    }

    public List<(TimeSpan At, JsonObject Message)> Messages { get; } = [];

    public int Malformed { get; private set; }

    public int CloseCode => _reader.CloseCode;

    public string StreamSid { get; private set; } = "";

    public IEnumerable<JsonObject> Of(string type) => Messages.Where(m => m.Message["event"]!.ToString() == type).Select(m => m.Message);

    public static TwilioTwinRecord Run(Func<TwinNode, Task> talk, string turns = "[]", TwilioTwinOptions? options = null, string more = "")
    {
        Scenario scenario = Scenario.Parse($$"""{"name":"test",{{more}}"turns":{{turns}}}""");
        var loop = new VirtualTimeLoop();
        return loop.Run(async () =>
        {
            (IDuplexPipe carrier, IDuplexPipe node) = InMemoryDuplex.CreatePair();
            var stream = new TwilioTwinStream(carrier, scenario, loop.TimeProvider, options);
            Task<TwilioTwinRecord> running = stream.RunAsync();
            var twin = new TwinNode(loop, node);
            Task reading = twin.ReadAsync();
            await twin.WaitAsync(1);
            await talk(twin);
            await twin._writer.CloseAsync(1000, "bye");
            TwilioTwinRecord record = await running;
            await reading;
            await node.Output.CompleteAsync();
            Assert.Equal(0, loop.OutsidePosts);
            return record;
        });
    }

    public void Send(string json)
    {
        _writer.TryAppend(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(json));
        _writer.Flush();
    }

    public void SendBinary()
    {
        _writer.TryAppend(WebSocketOpcode.Binary, new byte[] { 1 });
        _writer.Flush();
    }

    public void Play(byte[] audio) => Send($$$"""{"event":"media","streamSid":"{{{StreamSid}}}","media":{"payload":"{{{Convert.ToBase64String(audio)}}}"} }""");

    public void Mark(string name) => Send($$$"""{"event":"mark","streamSid":"{{{StreamSid}}}","mark":{"name":"{{{name}}}"} }""");

    public void Clear() => Send($$"""{"event":"clear","streamSid":"{{StreamSid}}"}""");

    public Task WaitAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), _loop.TimeProvider);

    private async Task ReadAsync()
    {
        while (await _reader.ReadAsync() == WebSocketReadStatus.Message)
        {
            try
            {
                JsonObject message = JsonNode.Parse(_reader.Payload)!.AsObject();
                Messages.Add((_loop.Elapsed, message));
                StreamSid = message["streamSid"]?.ToString() ?? StreamSid;
            }
            catch (System.Text.Json.JsonException)
            {
                Malformed++;
            }
        }
    }
}
