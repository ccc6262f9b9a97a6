using System.Net.WebSockets;
using System.Text;
using Concierge.Agents;
using Concierge.Agents.Realtime;
using Concierge.Pipelines;
using Concierge.Server.Configuration;
using Concierge.Server.Node;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;

namespace Concierge.Server.Tests.Node;

/// <summary>Whole calls through a node: the twin of the carrier in front, the twin of the model behind, real sockets between.</summary>
public class NodeCallTests
{
    private const string AuthToken = "12345";
    private const string ApiKey = "sk-test";

    private static readonly Uri s_public = new("https://node.example.com");

    private static readonly Scenario s_short = Scenario.Parse(
        """{"name":"short","turns":[{"by":"callee","when":"answered","afterMs":400,"hangUp":true}]}""");

    private static readonly Scenario s_long = Scenario.Parse(
        """{"name":"long","turns":[{"by":"callee","when":"answered","afterMs":30000,"hangUp":true}]}""");

    [Fact]
    public async Task Carries_a_signed_call_with_its_token_from_the_webhook_to_the_hang_up()
    {
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_short, new RealtimeTwinOptions { ApiKey = ApiKey });
        List<CallResult> results = [];
        await using TestNode node = await StartAsync(Options(model.Url), results);

        TwilioTwinCall call = await CallAsync(node, s_short);

        Assert.Null(call.ErrorCode);
        Assert.Equal("wss://node.example.com/media-stream", call.StreamUrl!.ToString());
        Assert.Equal(TwilioTwinEnd.CalleeHungUp, call.Stream!.End);
        Assert.Empty(call.Stream.Warnings);
        RealtimeTwinRecord heard = await model.WaitForRecordAsync().WaitAsync(TestNode.Patience());
        Assert.Equal(1_000, heard.CloseCode);
        Assert.NotEmpty(heard.Appends);
        Assert.Empty(heard.Errors);
        Assert.True(await node.Host.StopAsync());
        Assert.Equal(CallEndReason.CarrierStopped, Assert.Single(results).Reason);
    }

    [Theory]
    [InlineData("Bearer", 0)]
    [InlineData("ApiKey", 1)]
    [Trait("door", "model key")]
    public async Task Shows_its_key_the_way_the_service_wants_it(string name, byte authentication)
    {
        Assert.Equal(name, ((RealtimeAuthentication)authentication).ToString());
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_short, new RealtimeTwinOptions { ApiKey = ApiKey });
        List<CallResult> results = [];
        await using TestNode node = await StartAsync(Options(model.Url) with { Authentication = (RealtimeAuthentication)authentication }, results);
        Assert.Equal(TwilioTwinEnd.CalleeHungUp, (await CallAsync(node, s_short)).Stream!.End);
        Assert.True(await node.Host.StopAsync());
        Assert.Equal(CallEndReason.CarrierStopped, Assert.Single(results).Reason);
    }

    [Fact]
    public async Task Ends_a_call_whose_key_the_model_refuses_after_its_101()
    {
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_long, new RealtimeTwinOptions { ApiKey = "another" });
        await AssertEndsAsync(model.Url, CallEndReason.ModelFatalError);
    }

    [Theory]
    [InlineData(401, CallEndReason.ModelFatalError)]
    [InlineData(403, CallEndReason.ModelFatalError)]
    [InlineData(429, CallEndReason.ModelRefused)]
    [InlineData(503, CallEndReason.ModelRefused)]
    public async Task Ends_a_call_whose_upgrade_the_model_refuses(int status, CallEndReason reason)
    {
        RealtimeTwinOptions refusing = new() { Faults = new RealtimeTwinFaults { RefuseStatus = status } };
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_long, refusing);
        CallResult result = await AssertEndsAsync(model.Url, reason);
        Assert.Contains(status.ToString(System.Globalization.CultureInfo.InvariantCulture), result.Detail);
        Assert.DoesNotContain(ApiKey, result.Detail);
    }

    [Fact]
    public async Task Ends_a_call_whose_model_never_answers()
    {
        RealtimeTwinOptions silent = new() { Faults = new RealtimeTwinFaults { NeverAnswer = true } };
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_long, silent);
        await AssertEndsAsync(model.Url, CallEndReason.ModelTimeout);
    }

    [Fact]
    public async Task Ends_a_call_whose_model_answers_101_and_then_nothing()
    {
        RealtimeTwinOptions mute = new() { Faults = new RealtimeTwinFaults { Mute = true } };
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_long, mute);
        await AssertEndsAsync(model.Url, CallEndReason.ModelTimeout);
    }

    [Fact]
    public async Task Ends_a_call_whose_model_is_not_there()
    {
        Uri nobody;
        await using (RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_long))
        {
            nobody = model.Url;
        }

        await AssertEndsAsync(nobody, CallEndReason.ModelRefused);
    }

    [Fact]
    public async Task Ends_running_calls_in_order_when_it_stops()
    {
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_long, new RealtimeTwinOptions { ApiKey = ApiKey });
        List<CallResult> results = [];
        ReadyObserver ready = new();
        await using TestNode node = await StartAsync(Options(model.Url), results, ready);
        Task<TwilioTwinCall> call = CallAsync(node, s_long);
        await ready.Ready.WaitAsync(TestNode.Patience());

        Assert.True(await node.Host.StopAsync());

        TwilioTwinRecord carrier = (await call).Stream!;
        Assert.Equal((TwilioTwinEnd.NodeClosed, 1_001), (carrier.End, carrier.CloseCode));
        Assert.Equal(1_001, (await model.WaitForRecordAsync().WaitAsync(TestNode.Patience())).CloseCode);
        Assert.Equal(CallEndReason.Draining, Assert.Single(results).Reason);
    }

    [Fact]
    [Trait("door", "stream token")]
    public async Task Refuses_a_stream_without_its_token_and_one_that_shows_it_twice()
    {
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_long);
        await using TestNode node = await StartAsync(Options(model.Url) with { AuthTokens = [], PublicUrl = null }, []);
        Assert.Equal(1_008, await CloseCodeAsync(node, Connected, Start("")));
        Assert.Equal(1_008, await CloseCodeAsync(node, Connected, Start("\"token\":\"guess\"")));
        Assert.Equal(0, model.Connections);

        string twiml = await node.Http.GetStringAsync("/twiml?CallSid=CA1&AccountSid=AC1");
        string token = System.Xml.Linq.XDocument.Parse(twiml).Descendants("Parameter").Single().Attribute("value")!.Value;
        using ClientWebSocket first = await node.DialAsync();
        await SendAsync(first, Connected, Start($"\"token\":\"{token}\""));
        await UntilAsync(() => model.Connections == 1);
        Assert.Equal(1_008, await CloseCodeAsync(node, Connected, Start($"\"token\":\"{token}\"")));
        Assert.Equal(1, model.Connections);
    }

    [Theory]
    [InlineData("""{"event":"media","media":{"payload":""}}""", 1_008)]
    [InlineData("not json", 1_008)]
    [InlineData("""{"event":"start","start":{}}""", 1_008)]
    public async Task Refuses_a_stream_that_does_not_begin_as_one(string message, int code)
    {
        await using TestNode node = await StartAsync(Options(new Uri("ws://127.0.0.1:9")) with { AuthTokens = [], RequireStreamToken = false }, []);
        Assert.Equal(code, await CloseCodeAsync(node, message));
    }

    [Fact]
    public async Task Refuses_a_stream_in_another_format()
    {
        await using TestNode node = await StartAsync(Options(new Uri("ws://127.0.0.1:9")) with { AuthTokens = [], RequireStreamToken = false }, []);
        Assert.Equal(1_003, await CloseCodeAsync(node, Connected, Start("").Replace("8000", "16000", StringComparison.Ordinal)));
    }

    private const string Connected = """{"event":"connected","protocol":"Call","version":"1.0.0"}""";

    private static string Start(string parameters) => $$"""
        {"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{"streamSid":"MZ1","accountSid":"AC1","callSid":"CA1","tracks":["inbound"],
        "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{ {{parameters}} } } }
        """;

    private static NodeOptions Options(Uri model) => TestNode.Options with
    {
        RealtimeUrl = new Uri(model + "?model=gpt-realtime-2.1"),
        Authentication = RealtimeAuthentication.Bearer,
        ApiKey = ApiKey,
        AuthTokens = [AuthToken],
        PublicUrl = s_public,
    };

    private static Task<TestNode> StartAsync(NodeOptions options, List<CallResult> results, params ICallObserver[] observers)
    {
        AgentSet agents = FrontDeskAgent.Create(options);
        CallSessionOptions session = new()
        {
            ModelConnectTimeout = TimeSpan.FromSeconds(1),
            ModelReadyTimeout = TimeSpan.FromSeconds(1),
            Upstream = new UpstreamOptions { Attempts = 1, ApologySound = default },
        };
        return TestNode.StartAsync(options, (tokens, loggers) => new CallStreamHandler(
            options,
            tokens,
            admit => new CallPlan(new RealtimeRunner(agents, NodeSession.RunnerOptions(options, TimeProvider.System, admit)).CreateSession()) { Observers = observers, OnEnded = results.Add },
            loggers,
            TimeProvider.System,
            session));
    }

    private static Task<TwilioTwinCall> CallAsync(TestNode node, Scenario scenario)
    {
        TwilioTwinCaller caller = new(scenario, new TwilioTwinCallerOptions { AuthToken = AuthToken, PublicUrl = s_public });
        return caller.CallAsync(new Uri(node.Host.Address, "/twiml?call_id=a%20b"), TestNode.Patience());
    }

    private static async Task<CallResult> AssertEndsAsync(Uri model, CallEndReason reason)
    {
        List<CallResult> results = [];
        await using TestNode node = await StartAsync(Options(model), results);
        TwilioTwinRecord carrier = (await CallAsync(node, s_long)).Stream!;
        Assert.Equal((TwilioTwinEnd.NodeClosed, 1_011), (carrier.End, carrier.CloseCode));
        Assert.True(await node.Host.StopAsync());
        CallResult result = Assert.Single(results);
        Assert.Equal(reason, result.Reason);
        return result;
    }

    private static async Task SendAsync(ClientWebSocket socket, params string[] messages)
    {
        foreach (string message in messages)
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, TestNode.Patience());
        }
    }

    private static async Task<int> CloseCodeAsync(TestNode node, params string[] messages)
    {
        using ClientWebSocket socket = await node.DialAsync();
        await SendAsync(socket, messages);
        WebSocketReceiveResult result = await socket.ReceiveAsync(new byte[1_024], TestNode.Patience());
        Assert.Equal(WebSocketMessageType.Close, result.MessageType);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", TestNode.Patience());
        return (int)result.CloseStatus!;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        CancellationToken patience = TestNode.Patience();
        while (!condition())
        {
            await Task.Delay(10, patience);
        }
    }

    private sealed class ReadyObserver : ICallObserver
    {
        private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ready => _ready.Task;

        public void OnEvent(CallEvent callEvent)
        {
            if (callEvent is CallEvent.ModelReady)
            {
                _ready.TrySetResult();
            }
        }
    }
}
