using System.IO.Pipelines;
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

    private readonly ref struct Payload : IWebSocketPayload
    {
        public int Length => 300;

        public void Write(Span<byte> destination) => destination.Fill((byte)'y');
    }
}
