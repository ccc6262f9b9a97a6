using System.Buffers;
using System.IO.Pipelines;

namespace Concierge.WebSockets.Tests;

/// <summary>The pipe ends over streams that sockets and Kestrel's upgraded connections are read and written through.</summary>
public sealed class StreamPipeTests
{
    [Fact]
    public async Task Delivers_every_octet_once_whatever_is_consumed_and_examined()
    {
        byte[] data = Wire.Octets(300_000);
        Random random = new(3);
        PipeReader reader = WebSocketStreams.CreateReader(new ChoppingStream(data, random), 256, 4096);
        List<byte> seen = [];
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            byte[] buffer = result.Buffer.ToArray();
            int consumed = random.Next(buffer.Length + 1);
            Assert.Equal(data.AsSpan(seen.Count, buffer.Length).ToArray(), buffer);
            if (result.IsCompleted)
            {
                seen.AddRange(buffer);
                reader.AdvanceTo(result.Buffer.End);
                break;
            }

            seen.AddRange(buffer.AsSpan(0, consumed));
            bool all = random.Next(2) == 0;
            reader.AdvanceTo(result.Buffer.GetPosition(consumed), all ? result.Buffer.End : result.Buffer.GetPosition(consumed));
            Assert.Equal(!all && consumed < buffer.Length, reader.TryRead(out ReadResult again));
            if (!all && consumed < buffer.Length)
            {
                reader.AdvanceTo(again.Buffer.Start);
            }
        }

        Assert.Equal(data, seen.ToArray());
        reader.Complete();
        Assert.Throws<InvalidOperationException>(() => reader.TryRead(out _));
    }

    [Fact]
    public async Task A_pending_read_can_be_cancelled_both_ways_and_loses_nothing()
    {
        using Loopback listener = new();
        (System.Net.Sockets.Socket client, WebSocketTransport server) = await listener.PairAsync();
        using (client)
        await using (server)
        {
            using CancellationTokenSource cancel = new();
            Task<ReadResult> pending = server.Input.ReadAsync(cancel.Token).AsTask();
            await cancel.CancelAsync();
            OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
            Assert.Equal(cancel.Token, cancelled.CancellationToken);
            pending = server.Input.ReadAsync().AsTask();
            server.Input.CancelPendingRead();
            ReadResult result = await pending;
            Assert.True(result.IsCanceled);
            server.Input.AdvanceTo(result.Buffer.End);
            pending = server.Input.ReadAsync().AsTask();
            await client.SendAsync(new byte[] { 1, 2, 3 });
            result = await pending;
            Assert.False(result.IsCanceled);
            Assert.Equal(3, result.Buffer.Length);
        }
    }

    [Fact]
    public async Task Writes_once_per_flush_and_reports_a_failing_stream()
    {
        CountingStream stream = new();
        PipeWriter writer = WebSocketStreams.CreateWriter(stream);
        writer.Write(new byte[10]);
        writer.Write(new byte[10_000]);
        Assert.Equal(10_010, writer.UnflushedBytes);
        await writer.FlushAsync();
        await writer.FlushAsync();
        Assert.Equal((1, 10_010L), (stream.Writes, stream.Length));
        stream.Dispose();
        writer.Write(new byte[1]);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await writer.FlushAsync());
        writer.Complete();
        Assert.Throws<InvalidOperationException>(() => writer.GetSpan(1));
    }

    [Fact]
    public async Task A_write_that_waits_completes_later_with_its_octets()
    {
        Pipe behind = new(new PipeOptions(pauseWriterThreshold: 100, resumeWriterThreshold: 50));
        PipeWriter writer = WebSocketStreams.CreateWriter(behind.Writer.AsStream());
        byte[] data = Wire.Octets(5000);
        writer.Write(data);
        ValueTask<FlushResult> flush = writer.FlushAsync();
        Assert.False(flush.IsCompleted);
        ReadResult result = await behind.Reader.ReadAsync();
        Assert.Equal(data, result.Buffer.ToArray());
        behind.Reader.AdvanceTo(result.Buffer.End);
        Assert.False((await flush).IsCompleted);
    }

    private sealed class ChoppingStream(byte[] data, Random random) : MemoryStream(data)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (random.Next(3) == 0)
            {
                await Task.Yield();
            }

            return Read(buffer.Span[..Math.Min(buffer.Length, random.Next(1, 5000))]);
        }
    }

    private sealed class CountingStream : MemoryStream
    {
        public int Writes { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes++;
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
