using System.Net.WebSockets;
using Concierge.Agents;
using Concierge.Agents.Realtime;
using Concierge.Server.Cli;
using Concierge.Server.Configuration;
using Concierge.Server.Load;
using Concierge.Server.Node;
using Concierge.Server.Shell;
using Concierge.Server.Tests.Node;
using Concierge.Simulation.Load;
using Concierge.TestKit;
using Concierge.WebSockets;
using LoadOptions = Concierge.Server.Load.LoadOptions;

namespace Concierge.Server.Tests.Load;

public sealed class LoadCommandTests
{
    [Theory]
    [InlineData("--calls 0", "--calls 0: give a number from 1 to 16000.")]
    [InlineData("--calls many", "many")]
    [InlineData("--steps 100,50", "--steps 100,50: give rising numbers")]
    [InlineData("--steps 5,x", "--steps 5,x: give rising numbers")]
    [InlineData("--duration soon", "--duration soon: give a time such as")]
    [InlineData("--duration 0s", "--duration 0s: give a time such as")]
    [InlineData("--mode opus", "--mode opus: use pcm16 or pcmu.")]
    [InlineData("--baseline c", "--baseline c: use relay or none.")]
    [InlineData("--target http://x", "--target http://x: give a ws:// or wss:// address, or self.")]
    [InlineData("--target wss://x/y --realtime-port 9", "wss:// goes with --tls")]
    [InlineData("--target ws://x/y", "give --realtime-port")]
    [InlineData("--peers plain,ruby", "--peers plain,ruby: give some of plain, nodejs, python, separated by commas.")]
    [InlineData("--peers plain,plain", "give some of plain, nodejs, python")]
    [InlineData("--peers nodejs", "passes mu-law through and cannot transcode; measure it with --mode pcmu.")]
    [InlineData("--install-ws --peers plain", "--install-ws is for --peers nodejs.")]
    [InlineData("--shed --target ws://x/y --realtime-port 9", "--shed is a setting of this node")]
    [InlineData("--pid 5", "--command and --pid belong to a bridge that --target names.")]
    [InlineData("--target ws://x/y --command a --pid 5", "give one of them")]
    [InlineData("--calls 5 --stalled 5", "leave no call to be measured")]
    [InlineData("--bridge-core 4711", "--bridge-core 4711: give a number from 0 to")]
    [InlineData("--ramp 0", "--ramp 0: give a number from 0.1 to 10000.")]
    public async Task A_mistake_on_the_command_line_is_said_in_a_sentence(string arguments, string expected)
    {
        if (Environment.ProcessorCount == 1 && arguments.Contains("core", StringComparison.Ordinal))
        {
            Assert.Skip("One core pins nothing.");
        }

        (int code, string error) = await RunAsync(arguments);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.StartsWith("concierge: ", error);
        Assert.Contains(expected, error);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_told_before_anything_runs()
    {
        Assert.SkipUnless(EventLoop.IsSupported, "The event loop needs 64-bit Linux.");
        (int code, string error) = await RunAsync("--json /nowhere/at/all.json");
        Assert.Equal(ExitCodes.Output, code);
        Assert.Contains("cannot write '/nowhere/at/all.json'", error);
    }

    [Theory]
    [InlineData("127.0.0.1", "--listen 127.0.0.1 --to 127.0.0.1:99999999")]
    [InlineData("--to", "--listen 127.0.0.1:1")]
    public async Task The_relay_wants_two_addresses(string expected, string arguments)
    {
        using StringWriter error = new();
        Assert.Equal(ExitCodes.Usage, await ConciergeCommandLine.RunAsync(["load-relay", .. arguments.Split(' ')], TextWriter.Null, error));
        Assert.Contains(expected, error.ToString());
    }

    /// <summary>The generator against a relay and against the node, over sockets: every frame arrives and nothing else is asserted, least of all time.</summary>
    [Theory]
    [InlineData("relay", "pcm16")]
    [InlineData("loop", "pcm16")]
    [InlineData("loop", "pcmu")]
    [InlineData("sockets", "pcm16")]
    public async Task Frames_cross_whole_in_both_directions(string subject, string mode)
    {
        Assert.SkipUnless(EventLoop.IsSupported, "The event loop needs 64-bit Linux.");
        const int Calls = 5;
        LoadMode wanted = mode == "pcm16" ? LoadMode.Pcm16 : LoadMode.MuLaw;
        using LoadGenerator generator = new(new LoadGeneratorOptions { Calls = Calls, Mode = wanted, Relayed = subject == "relay" });
        if (subject == "relay")
        {
            using LoadRelay relay = new(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0), generator.ModelEndPoint);
            Check(await PlayAsync(generator, new Uri($"ws://{relay.EndPoint}/")), Calls, marks: false);
            return;
        }

        NodeOptions options = TestNode.Options with
        {
            RealtimeUrl = new Uri($"ws://{generator.ModelEndPoint}/v1/realtime?model=m"),
            RequireStreamToken = false,
            AudioMode = wanted == LoadMode.Pcm16 ? Concierge.Pipelines.CallAudioMode.Pcm16 : Concierge.Pipelines.CallAudioMode.MuLaw,
            Engine = subject == "loop" ? NodeEngine.Loop : NodeEngine.Sockets,
        };
        AgentSet agents = FrontDeskAgent.Create(options);
        await using TestNode node = await TestNode.StartAsync(options, (tokens, loggers) => new CallStreamHandler(
            options, tokens, admit => new CallPlan(new RealtimeRunner(agents, NodeSession.RunnerOptions(options, TimeProvider.System, admit)).CreateSession()), loggers, TimeProvider.System));
        Check(await PlayAsync(generator, new Uri($"ws://{node.Host.Address.Authority}/media-stream")), Calls, marks: true);
        Assert.True(await node.Host.StopAsync(TestNode.Patience()));
    }

    /// <summary>.NET the ordinary way must be right to be compared with: the same frames, whole, in both modes.</summary>
    [Theory]
    [InlineData("pcm16")]
    [InlineData("pcmu")]
    public async Task The_plain_bridge_carries_every_frame_survives_bad_messages_and_ends_cleanly(string mode)
    {
        Assert.SkipUnless(EventLoop.IsSupported, "The event loop needs 64-bit Linux.");
        const int Calls = 2;
        LoadMode wanted = mode == "pcm16" ? LoadMode.Pcm16 : LoadMode.MuLaw;
        using PeerFinder finder = new(AppContext.BaseDirectory, wanted, installsWs: false);
        if (!File.Exists(Repository.PathTo("bench", "Concierge.PlainBridge", "bin", "Release", "net10.0", "Concierge.PlainBridge.dll")))
        {
            CommandException missing = await Assert.ThrowsAsync<CommandException>(() => finder.FindAsync(PeerFinder.Plain, TestNode.Patience()));
            Assert.Contains("Build it: dotnet build -c Release bench/Concierge.PlainBridge", missing.Message);
            Assert.Skip("bench/Concierge.PlainBridge has not been built in Release.");
        }

        PeerBridge peer = await finder.FindAsync(PeerFinder.Plain, TestNode.Patience());
        LoadOptions options = new()
        {
            Steps = [Calls],
            Duration = TimeSpan.FromSeconds(1),
            WarmUp = TimeSpan.FromSeconds(1),
            Ramp = 100,
            Mode = wanted,
            Bound = TimeSpan.FromSeconds(1),
            MaxLateness = TimeSpan.FromSeconds(60),
        };
        using LoadGenerator generator = new(new LoadGeneratorOptions { Calls = Calls, Mode = wanted });
        using LoadSubject subject = await LoadSubject.StartPeerAsync(options, peer, generator.ModelEndPoint, null, TestNode.Patience());
        foreach (string text in (string[])["not json", "[]", "{}", """{"event":7}""", """{"event":"media","media":{"payload":"*"}}""", """{"event":"start"}"""])
        {
            using ClientWebSocket odd = new();
            await odd.ConnectAsync(subject.Address, TestNode.Patience());
            await odd.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, TestNode.Patience());
            await odd.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestNode.Patience());
            Assert.Equal(WebSocketCloseStatus.NormalClosure, odd.CloseStatus);
        }

        Check(await PlayAsync(generator, subject.Address), Calls, marks: false);
    }

    private static async Task<LoadReading> PlayAsync(LoadGenerator generator, Uri target)
    {
        await generator.StartCallsAsync(target, TestNode.Patience());
        await Task.Delay(2_000);
        generator.StartCounting();
        await Task.Delay(1_500);
        await generator.StopCountingAsync(TestNode.Patience());
        return await generator.FinishAsync();
    }

    private static void Check(LoadReading reading, int calls, bool marks)
    {
        Assert.Null(reading.FirstFailure);
        Assert.Equal((calls, calls, 0, 0), (reading.Connected, reading.Matched, reading.Failed, reading.EndedEarly));
        Assert.Equal((0L, 0L), (reading.Broken, reading.Unreadable));
        Assert.Equal(marks, reading.Marks > 0);
        foreach (LoadDirection direction in (LoadDirection[])[reading.Up, reading.Down])
        {
            // A machine that stands still for seconds sends fewer frames; those it sends arrive.
            Assert.True(direction.Sent > 0);
            Assert.Equal((0L, 0L), (direction.Lost, direction.Repeated));
            Assert.Equal(direction.Sent, direction.Buckets.Sum(b => b.Count));
        }
    }

    private static async Task<(int Code, string Error)> RunAsync(string arguments)
    {
        using StringWriter error = new();
        int code = await ConciergeCommandLine.RunAsync(["load", .. arguments.Split(' ')], TextWriter.Null, error);
        return (code, error.ToString());
    }
}
