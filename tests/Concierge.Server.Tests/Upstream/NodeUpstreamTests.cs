using System.Xml.Linq;
using Concierge.Agents;
using Concierge.Agents.Realtime;
using Concierge.Pipelines;
using Concierge.Server.Configuration;
using Concierge.Server.Node;
using Concierge.Server.Tests.Node;
using Concierge.Server.Upstream;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;

namespace Concierge.Server.Tests.Upstream;

/// <summary>A node and its model over real sockets: dialled ahead, lost in mid-call, refusing for good.</summary>
public sealed class NodeUpstreamTests
{
    private static readonly Scenario s_greeting = Scenario.Parse(
        """{"name":"greeting","turns":[{"by":"agent","say":"concierge-purpose"},{"by":"callee","when":"speaking","afterMs":300,"hangUp":true}]}""");

    private static readonly Scenario s_twoSeconds = Scenario.Parse(
        """{"name":"two-seconds","turns":[{"by":"callee","when":"answered","afterMs":4000,"hangUp":true}]}""");

    [Fact]
    public async Task The_stream_takes_the_session_that_was_dialled_when_its_twiml_was_asked_for()
    {
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_greeting);
        var running = new Running();
        await using TestNode node = await running.StartAsync(Options(model.Url));
        TwilioTwinCaller caller = new(s_greeting, new TwilioTwinCallerOptions { StreamDelay = TimeSpan.FromMilliseconds(300) });
        TwilioTwinCall call = await caller.CallAsync(new Uri(node.Host.Address, "/twiml"), TestNode.Patience());
        Assert.Equal(TwilioTwinEnd.CalleeHungUp, call.Stream!.End);
        Assert.True(await node.Host.StopAsync());

        // One dial, one configuration, and the greeting asked for when the stream was there.
        Assert.Equal(1, model.Connections);
        RealtimeTwinRecord heard = await model.WaitForRecordAsync().WaitAsync(TestNode.Patience());
        Assert.Single(heard.Received, e => e.Type == "session.update");
        Assert.Empty(heard.Errors);
        Assert.Equal(CallEndReason.CarrierStopped, Assert.Single(running.Results).Reason);
    }

    [Fact]
    public async Task A_session_whose_stream_never_comes_is_closed()
    {
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_greeting);
        var running = new Running();
        await using TestNode node = await running.StartAsync(Options(model.Url) with { PredialLife = TimeSpan.FromSeconds(1) });
        await node.Http.GetStringAsync("/twiml?CallSid=CA1&AccountSid=AC1");
        RealtimeTwinRecord record = await model.WaitForRecordAsync().WaitAsync(TestNode.Patience());
        Assert.Equal(1000, record.CloseCode);
        Assert.Equal(0, running.Handler!.Parked.Count);
    }

    [Fact]
    public async Task Without_dialling_ahead_the_model_is_dialled_with_the_stream()
    {
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_greeting);
        var running = new Running();
        await using TestNode node = await running.StartAsync(Options(model.Url) with { Predial = false });
        await node.Http.GetStringAsync("/twiml?CallSid=CA1&AccountSid=AC1");
        Assert.Equal(0, running.Handler!.Parked.Count);
        Assert.Equal(0, model.Connections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_model_that_resets_or_closes_in_mid_call_is_dialled_again_and_the_call_goes_on(bool reset)
    {
        RealtimeTwinFaults faults = reset
            ? new RealtimeTwinFaults { ResetAt = TimeSpan.FromMilliseconds(2000) }
            : new RealtimeTwinFaults { CloseAt = TimeSpan.FromMilliseconds(2000), CloseCode = 1011 };
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(
            _ => s_twoSeconds, number => new RealtimeTwinOptions { Faults = number == 0 ? faults : RealtimeTwinFaults.None });
        var running = new Running();
        await using TestNode node = await running.StartAsync(Options(model.Url));
        TwilioTwinCall call = await new TwilioTwinCaller(s_twoSeconds).CallAsync(new Uri(node.Host.Address, "/twiml"), TestNode.Patience());
        Assert.Equal(TwilioTwinEnd.CalleeHungUp, call.Stream!.End);
        Assert.True(await node.Host.StopAsync());
        CallResult result = Assert.Single(running.Results);
        Assert.Equal(CallEndReason.CarrierStopped, result.Reason);
        Assert.Equal((1, 1), (result.Counters.ModelLosses, result.Counters.ModelReturns));
        Assert.Equal(2, model.Connections);
        RealtimeTwinRecord second = await model.WaitForRecordAsync(1).WaitAsync(TestNode.Patience());
        Assert.Empty(second.Errors);
        Assert.NotEmpty(second.Appends);
    }

    [Fact]
    public async Task A_refused_key_closes_the_door_until_a_probe_succeeds()
    {
        bool refuse = true;
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(
            _ => s_greeting, _ => new RealtimeTwinOptions { ApiKey = refuse ? "another" : null });
        var running = new Running();
        NodeOptions options = Options(model.Url) with { UpstreamBreaker = new UpstreamHealthOptions { LastProbe = TimeSpan.FromSeconds(1) } };
        await using TestNode node = await running.StartAsync(options);
        UpstreamHealth health = running.Handler!.Health;

        // 1. The first call's session is refused while its TwiML is under way.
        await node.Http.GetStringAsync("/twiml?CallSid=CA1&AccountSid=AC1");
        await UntilAsync(() => !health.TakesCalls);
        Assert.Equal((UpstreamState.Refused, 1), (health.State, health.Alerts));
        int dials = model.Connections;

        // 2. From then on a caller hears why, a stream is refused, and nobody dials.
        XDocument twiml = XDocument.Parse(await node.Http.GetStringAsync("/twiml?CallSid=CA2&AccountSid=AC1"));
        Assert.Equal(["Say", "Hangup"], twiml.Root!.Elements().Select(e => e.Name.LocalName));
        string head = await node.SendRawAsync(
            $"GET /media-stream HTTP/1.1\r\nHost: {node.Host.Address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 503", head);
        Assert.Contains("Retry-After", head);
        Assert.Equal(dials, model.Connections);

        // 3. Put right, the node finds out by itself.
        refuse = false;
        await UntilAsync(() => health.TakesCalls);
        TwilioTwinCall call = await new TwilioTwinCaller(s_greeting).CallAsync(new Uri(node.Host.Address, "/twiml"), TestNode.Patience());
        Assert.Equal(TwilioTwinEnd.CalleeHungUp, call.Stream!.End);
        Assert.Equal(1, health.Alerts);
    }

    [Theory]
    [InlineData(429, 7, CallEndReason.ModelRefused)]
    [InlineData(503, 0, CallEndReason.ModelRefused)]
    [InlineData(401, 0, CallEndReason.ModelFatalError)]
    [InlineData(302, 0, CallEndReason.ModelRefused)]
    [InlineData(200, 0, CallEndReason.ModelRefused)]
    public async Task A_refused_upgrade_says_whether_and_when_to_try_again(int status, int retryAfter, CallEndReason reason)
    {
        RealtimeTwinFaults faults = new() { RefuseStatus = status, RetryAfterSeconds = retryAfter > 0 ? retryAfter : null };
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(s_greeting, new RealtimeTwinOptions { Faults = faults });
        var connector = new RealtimeConnector(Options(model.Url), TimeProvider.System);
        ModelConnectException refused = await Assert.ThrowsAsync<ModelConnectException>(async () => await connector.ConnectAsync(TestNode.Patience()));
        Assert.Equal(reason, refused.Reason);
        Assert.Equal(retryAfter > 0 ? TimeSpan.FromSeconds(retryAfter) : null, refused.RetryAfter);
        Assert.Equal(1, model.Connections);
    }

    [Fact]
    public async Task An_outage_for_all_calls_opens_the_circuit_and_ends_with_it()
    {
        bool away = false;
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(
            _ => s_greeting, _ => new RealtimeTwinOptions { Faults = away ? new RealtimeTwinFaults { RefuseStatus = 503 } : RealtimeTwinFaults.None });
        var running = new Running();
        string folder = Directory.CreateTempSubdirectory("concierge-outage-").FullName;
        NodeOptions options = Options(model.Url) with
        {
            UpstreamBreaker = new UpstreamHealthOptions { FirstProbe = TimeSpan.FromMilliseconds(500) },
            Calls = new CallsOptions { DataDirectory = folder, NodeName = "outage", FallbackNumber = "+14155550177" },
        };
        await using TestNode node = await running.StartAsync(options);
        away = true;
        for (int i = 0; i < 5; i++)
        {
            await node.Http.GetStringAsync($"/twiml?CallSid=CA{i}&AccountSid=AC1");
        }

        await UntilAsync(() => !running.Handler!.Health.TakesCalls);
        Assert.Contains("<Number>+14155550177</Number>", await node.Http.GetStringAsync("/twiml?CallSid=CA9&AccountSid=AC1")); // new calls get the fallback
        away = false;
        await UntilAsync(() => running.Handler!.Health.TakesCalls);
        Assert.Contains("<Stream", await node.Http.GetStringAsync("/twiml?CallSid=CA10&AccountSid=AC1"));
        Assert.Equal(0, running.Handler!.Health.Alerts);
    }

    private static NodeOptions Options(Uri model) => TestNode.Options with { RealtimeUrl = new Uri(model + "?model=gpt-realtime-2.1") };

    private static async Task UntilAsync(Func<bool> condition)
    {
        CancellationToken patience = TestNode.Patience();
        while (!condition())
        {
            await Task.Delay(20, patience);
        }
    }

    private sealed class Running
    {
        public List<CallResult> Results { get; } = [];

        public CallStreamHandler? Handler { get; private set; }

        public Task<TestNode> StartAsync(NodeOptions options)
        {
            AgentSet agents = FrontDeskAgent.Create(options);
            return TestNode.StartAsync(options, (tokens, loggers) => Handler = new CallStreamHandler(
                options,
                tokens,
                admit => new CallPlan(new RealtimeRunner(agents, NodeSession.RunnerOptions(options, TimeProvider.System, admit, loggers)).CreateSession()) { OnEnded = Results.Add },
                loggers,
                TimeProvider.System,
                expected: (_, ct) => NodeSession.ExpectAsync(agents, options, TimeProvider.System, ct)));
        }
    }
}
