using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Concierge.Server.Node.Engine;
using Concierge.WebSockets;

namespace Concierge.Server.Tests.Node;

/// <summary>Where the server goes on once octets have come.</summary>
public sealed class LoopServerInputTests
{
    [Fact]
    public async Task What_the_server_waited_for_is_not_worked_on_where_the_calls_are()
    {
        Assert.SkipUnless(EventLoop.IsSupported, "The event loop needs 64-bit Linux.");
        using var loop = new EventLoop();
        TaskCompletionSource<LoopStream> accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using LoopListener listener = LoopListener.Start(loop, new IPEndPoint(IPAddress.Loopback, 0), socket => accepted.SetResult(LoopStream.Create(loop, socket)));
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.EndPoint);
        await using LoopStream stream = await accepted.Task.WaitAsync(TestNode.Patience());
        LoopServerInput input = new(WebSocketStreams.CreateReader(stream, waitsEmpty: true));
        for (byte i = 0; i < 3; i++)
        {
            ValueTask<ReadResult> read = input.ReadAsync(TestNode.Patience());
            Assert.False(read.IsCompleted);
            Task<(byte[] Octets, bool OnLoop)> where = GoOnAsync(read);
            await client.SendAsync(new[] { i });
            (byte[] octets, bool onLoop) = await where.WaitAsync(TestNode.Patience());
            Assert.Equal([i], octets);
            Assert.False(onLoop);
        }

        input.Complete();

        async Task<(byte[] Octets, bool OnLoop)> GoOnAsync(ValueTask<ReadResult> read)
        {
            ReadResult result = await read;
            bool onLoop = loop.IsCurrent;
            byte[] octets = [.. result.Buffer.FirstSpan];
            input.AdvanceTo(result.Buffer.End);
            return (octets, onLoop);
        }
    }
}
