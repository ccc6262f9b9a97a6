using System.Text.Json.Nodes;
using Concierge.Server.Configuration;
using Concierge.Server.Hosting;
using Concierge.WebSockets;
using Microsoft.Extensions.Logging;

namespace Concierge.Server.Tests.Node;

public sealed class WarmUpTests
{
    [Fact]
    public async Task A_warm_up_leaves_no_trace_on_the_node_that_serves()
    {
        Assert.SkipUnless(EventLoop.IsSupported, "The warm-up needs 64-bit Linux.");
        EveryLine lines = new();
        await using NodeHost node = await StartAsync(TestNode.Options with { WarmUp = TimeSpan.FromMilliseconds(300), LogLevel = LogLevel.Information }, lines);
        using HttpClient http = new() { BaseAddress = node.Address };
        string before = await CountersAsync(http);
        await NodeWarmUp.RunAsync(node, default);
        Assert.Contains("Warmed up: ", lines.ToString());
        JsonNode after = JsonNode.Parse(await http.GetStringAsync("/health"))!;
        Assert.Equal(("healthy", 0, null), (after["status"]!.GetValue<string>(), after["calls"]!.GetValue<int>(), after["warming"]));
        Assert.Equal(before, await CountersAsync(http));
    }

    [Fact]
    public async Task No_warm_up_is_done_where_none_is_asked_for_and_one_under_way_shows_and_can_be_ended()
    {
        await using NodeHost cold = await StartAsync(TestNode.Options);
        Assert.True(NodeWarmUp.RunAsync(cold, default).IsCompletedSuccessfully);
        if (!EventLoop.IsSupported)
        {
            return;
        }

        await using NodeHost node = await StartAsync(TestNode.Options with { WarmUp = TimeSpan.FromMinutes(10) });
        using HttpClient http = new() { BaseAddress = node.Address };
        using CancellationTokenSource enough = new();
        Task warmUp = NodeWarmUp.RunAsync(node, enough.Token);
        JsonNode during = JsonNode.Parse(await http.GetStringAsync("/health"))!;
        Assert.Equal(("healthy", 0, true), (during["status"]!.GetValue<string>(), during["calls"]!.GetValue<int>(), during["warming"]!.GetValue<bool>()));
        await enough.CancelAsync();
        await warmUp.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static Task<NodeHost> StartAsync(NodeOptions options, ILoggerProvider? log = null) =>
        NodeHost.StartAsync(options, TimeProvider.System, (_, _) => new EchoHandler(), log is null ? null : logging => logging.AddProvider(log));

    /// <summary>What the node counts of calls.</summary>
    private static async Task<string> CountersAsync(HttpClient http) =>
        string.Join('\n', (await http.GetStringAsync("/metrics")).Split('\n').Where(line => line.Contains("call", StringComparison.Ordinal) && !line.Contains("dotnet", StringComparison.Ordinal)));
}
