using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;

namespace Concierge.WebSockets.Tests;

/// <summary>The steady state allocates nothing: per thread over in-memory pipes, process-wide over a loopback socket pair.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private static readonly byte[] s_payload = Encoding.ASCII.GetBytes(new string('x', 400));

    [Fact]
    public void A_message_there_and_back_over_in_memory_pipes_allocates_nothing()
    {
        PipeOptions inline = new(useSynchronizationContext: false, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline);
        Pipe there = new(inline);
        Pipe back = new(inline);
        WebSocketWriter client = new(there.Writer, WebSocketRole.Client);
        WebSocketWriter server = new(back.Writer, WebSocketRole.Server);
        WebSocketReader clientReader = new(back.Reader, WebSocketRole.Client, WebSocketLimits.Default, client);
        Task echo = EchoAsync(new WebSocketReader(there.Reader, WebSocketRole.Server, WebSocketLimits.Default, server), server);
        int received = 0;
        for (int i = 0; i < 2000; i++)
        {
            Round();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            Round();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(12_000 * 3, received);
        Assert.False(echo.IsCompleted);

        void Round()
        {
            client.TryAppend(WebSocketOpcode.Text, s_payload, WebSocketLane.Media);
            client.TryAppend(WebSocketOpcode.Text, new Payload(), WebSocketLane.Control);
            client.TryAppend(WebSocketOpcode.Binary, s_payload);
            client.Flush();
            while (clientReader.TryRead(out WebSocketReadStatus status))
            {
                received += status == WebSocketReadStatus.Message ? 1 : 0;
            }
        }
    }

    [Fact]
    public Task A_message_there_and_back_over_loopback_sockets_allocates_nothing_in_the_process() => Task.Run(RoundTripsOverSocketsAsync);

    [Fact]
    public Task A_message_there_and_back_on_an_event_loop_allocates_nothing_in_the_process()
    {
        Assert.SkipUnless(EventLoop.IsSupported, "The event loop needs 64-bit Linux.");
        return Task.Run(RoundTripsOnALoopAsync);
    }

    private static async Task RoundTripsOnALoopAsync()
    {
        using EventLoop loop = new();
        using Loopback listener = new();
        Task<Socket> accepting = listener.AcceptSocketAsync();
        Socket client = await Loopback.DialAsync(listener.Port);
        await RoundTripsAsync(WebSocketTransport.FromSocket(loop, client), WebSocketTransport.FromSocket(loop, await accepting));
    }

    private static async Task RoundTripsOverSocketsAsync()
    {
        (WebSocketTransport a, WebSocketTransport b) = await LoopbackAsync();
        await RoundTripsAsync(a, b);
    }

    // On the pool: the test framework's own synchronization context allocates for every continuation.
    private static async Task RoundTripsAsync(WebSocketTransport a, WebSocketTransport b)
    {
        await using (a)
        await using (b)
        {
            WebSocketWriter client = new(a.Output, WebSocketRole.Client);
            WebSocketWriter server = new(b.Output, WebSocketRole.Server);
            WebSocketReader clientReader = new(a.Input, WebSocketRole.Client, WebSocketLimits.Default, client);
            Task echo = EchoAsync(new WebSocketReader(b.Input, WebSocketRole.Server, WebSocketLimits.Default, server), server);
            await RoundsAsync(client, clientReader, 3000);

            // The runtime itself allocates now and then on its own threads (tier-up, the pool's): the best of a few windows is ours.
            long best = long.MaxValue;
            for (int window = 0; window < 5; window++)
            {
                long before = GC.GetTotalAllocatedBytes(precise: true);
                await RoundsAsync(client, clientReader, 2000);
                best = Math.Min(best, GC.GetTotalAllocatedBytes(precise: true) - before);
            }

            // 2,000 round trips are 4,000 messages: one object per message would be at least 96,000 bytes.
            Assert.InRange(best, 0, 4000);
            await client.CloseAsync(1000, "");
            await echo;
        }
    }

    private static async Task RoundsAsync(WebSocketWriter writer, WebSocketReader reader, int count)
    {
        for (int i = 0; i < count; i++)
        {
            writer.TryAppend(WebSocketOpcode.Text, s_payload, WebSocketLane.Media);
            writer.Flush();
            if (await reader.ReadAsync() != WebSocketReadStatus.Message)
            {
                // An assertion for every message would allocate by itself.
                Assert.Fail("the echo ended early");
            }
        }
    }

    private static async Task EchoAsync(WebSocketReader reader, WebSocketWriter writer)
    {
        while (await reader.ReadAsync() == WebSocketReadStatus.Message)
        {
            do
            {
                writer.TryAppend(reader.Opcode, reader.Payload, WebSocketLane.Media);
            }
            while (reader.TryRead(out WebSocketReadStatus status) && status == WebSocketReadStatus.Message);
            writer.Flush();
        }
    }

    private static async Task<(WebSocketTransport A, WebSocketTransport B)> LoopbackAsync()
    {
        using Loopback listener = new();
        (Socket client, WebSocketTransport server) = await listener.PairAsync();
        return (WebSocketTransport.FromSocket(client), server);
    }

    private readonly ref struct Payload : IWebSocketPayload
    {
        public int Length => 300;

        public void Write(Span<byte> destination, uint maskKey)
        {
            destination.Fill((byte)'y');
            WebSocketMask.Apply(destination, maskKey);
        }
    }
}
