using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Concierge.Server.Configuration;
using Concierge.WebSockets;

namespace Concierge.Server.Tests.Node;

/// <summary>The same front door on either engine.</summary>
public sealed class NodeEngineTests
{
    [Theory]
    [InlineData("Loop", 1)]
    [InlineData("Loop", 3)]
    [InlineData("Sockets", 0)]
    public async Task Answers_http_and_carries_streams(string engine, int loops)
    {
        NodeEngine chosen = Enum.Parse<NodeEngine>(engine);
        Assert.SkipUnless(chosen != NodeEngine.Loop || EventLoop.IsSupported, "The event loop needs 64-bit Linux.");
        await using TestNode node = await TestNode.StartAsync(TestNode.Options with { Engine = chosen, Loops = loops, Coalesce = TimeSpan.FromMicroseconds(100) });
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await node.Http.GetAsync("/health", TestNode.Patience())).StatusCode);
        }

        ClientWebSocket[] sockets = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => node.DialAsync()));
        await Task.WhenAll(sockets.Select(async (socket, i) =>
        {
            byte[] message = Encoding.ASCII.GetBytes(new string((char)('a' + i), 1 + (i * 997)));
            byte[] back = new byte[message.Length + 10];
            for (int n = 0; n < 5; n++)
            {
                await socket.SendAsync(message, WebSocketMessageType.Text, true, TestNode.Patience());
                int at = 0;
                ValueWebSocketReceiveResult result;
                do
                {
                    result = await socket.ReceiveAsync(back.AsMemory(at), TestNode.Patience());
                    at += result.Count;
                }
                while (!result.EndOfMessage);
                Assert.Equal(message, back[..at]);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestNode.Patience());
            socket.Dispose();
        }));
        Assert.True(await node.Host.StopAsync(TestNode.Patience()));
    }

    [Fact]
    public async Task The_runtimes_counters_are_served_to_this_machine_when_asked_for()
    {
        await using TestNode node = await TestNode.StartAsync(TestNode.Options with { RuntimePage = true });
        using JsonDocument counters = JsonDocument.Parse(await node.Http.GetStringAsync("/runtime", TestNode.Patience()));
        Assert.True(counters.RootElement.GetProperty("allocated_bytes").GetInt64() > 0);
        Assert.True(counters.RootElement.GetProperty("threads").GetInt32() > 1);
        await using TestNode without = await TestNode.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await without.Http.GetAsync("/runtime", TestNode.Patience())).StatusCode);
    }
}
