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
    public async Task What_is_buffered_can_be_taken_as_one_piece()
    {
        byte[] data = Wire.Octets(300_000);
        Random random = new(4);
        ContiguousInput reader = Assert.IsAssignableFrom<ContiguousInput>(WebSocketStreams.CreateReader(new ChoppingStream(data, random), 256, 4096));
        List<byte> seen = [];
        bool isCompleted = false;
        while (!isCompleted)
        {
            // Waited for as a pipe, looked at again as a piece.
            ReadResult result = await reader.ReadAsync();
            reader.AdvanceTo(result.Buffer.Start);
            Assert.Equal(!result.Buffer.IsEmpty || result.IsCompleted, reader.TryTake(out ReadOnlyMemory<byte> octets, out isCompleted));
            Assert.Equal(result.Buffer.ToArray(), octets.ToArray());
            Assert.Equal(result.IsCompleted, isCompleted);
            Assert.Equal(data.AsSpan(seen.Count, octets.Length).ToArray(), octets.ToArray());
            int consumed = isCompleted ? octets.Length : random.Next(octets.Length + 1);
            bool all = random.Next(2) == 0;
            seen.AddRange(octets[..consumed].Span);
            reader.Release(consumed, all);
            bool more = reader.TryTake(out octets, out _);
            Assert.Equal((!all && consumed < result.Buffer.Length) || isCompleted, more);
            if (more && !isCompleted)
            {
                Assert.Throws<InvalidOperationException>(() => reader.Release(octets.Length + 1, examined: false));
                reader.Release(0, examined: false);
            }
        }

        Assert.Equal(data, seen.ToArray());
        reader.CancelPendingRead();
        reader.Complete();
        Assert.Throws<InvalidOperationException>(() => reader.TryTake(out _, out _));
        Assert.Throws<InvalidOperationException>(() => reader.Release(0, examined: false));
    }

    [Fact]
    public async Task A_cancelled_read_with_nothing_in_it_is_nothing_to_take()
    {
        byte[] data = Wire.Octets(100);
        ContiguousInput reader = Assert.IsAssignableFrom<ContiguousInput>(WebSocketStreams.CreateReader(new MemoryStream(data), 256, 4096));
        reader.CancelPendingRead();
        Assert.False(reader.TryTake(out ReadOnlyMemory<byte> octets, out bool isCompleted));
        Assert.True(octets.IsEmpty);
        Assert.False(isCompleted);

        ReadResult result = await reader.ReadAsync();
        Assert.False(result.IsCanceled);
        reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        Assert.False(reader.TryTake(out _, out _));
        reader.CancelPendingRead();
        Assert.True(reader.TryTake(out octets, out _)); // as a pipe shows it again
        Assert.Equal(data, octets.ToArray());
        reader.Release(100, examined: true);
        reader.Complete();
    }

    [Fact]
    public async Task What_a_loop_s_socket_takes_in_parts_arrives_once_and_in_order()
    {
        Assert.SkipUnless(EventLoop.IsSupported, "The event loop needs 64-bit Linux.");
        byte[] data = Wire.Octets(24 * 1024 * 1024); // more than two sockets hold
        using EventLoop loop = new();
        using System.Net.Sockets.Socket listener = new(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen(1);
        using System.Net.Sockets.Socket far = new(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await far.ConnectAsync(listener.LocalEndPoint!);
        await using WebSocketTransport near = WebSocketTransport.FromSocket(loop, await listener.AcceptAsync());
        data.CopyTo(near.Output.GetMemory(data.Length));
        near.Output.Advance(data.Length);
        Task<FlushResult> flush = near.Output.FlushAsync().AsTask();
        Assert.False(flush.IsCompleted);
        byte[] received = new byte[data.Length];
        for (int at = 0; at < received.Length;)
        {
            int count = await far.ReceiveAsync(received.AsMemory(at));
            Assert.NotEqual(0, count);
            at += count;
        }

        await flush.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(data.AsSpan().SequenceEqual(received));
        far.Blocking = false;
        Assert.Equal(0, far.Available);
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

    [Theory]
    [InlineData(WebSocketRole.Server)]
    [InlineData(WebSocketRole.Client)]
    public async Task Messages_of_every_size_come_out_whole_however_the_stream_chops_them(WebSocketRole role)
    {
        Random random = new(11);
        MemoryStream wire = new();
        List<byte[]> sent = [];
        foreach (int size in (int[])[0, 1, 125, 126, 4_000, 16_370, 16_384, 40_000, 65_535, 65_536, 65_537, 200_000, 3, 60_000, 60_000, 60_000, 700])
        {
            byte[] payload = Wire.Octets(size);
            sent.Add(payload);
            uint key = role == WebSocketRole.Server ? 0x9E3779B9u + (uint)size : 0;
            byte[] frame = new byte[14 + size];
            int header = WebSocketFrameFormatter.WriteHeader(frame, WebSocketOpcode.Binary, true, size, role == WebSocketRole.Server, key);
            WebSocketMask.Apply(payload, frame.AsSpan(header), key);
            wire.Write(frame, 0, header + size);
        }

        for (int most = 700; most < 200_000; most *= 3)
        {
            using WebSocketReader reader = new(WebSocketStreams.CreateReader(new ChoppingStream(wire.ToArray(), random, most)), role, WebSocketLimits.Default, writer: null);
            foreach (byte[] payload in sent)
            {
                Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync());
                Assert.True(payload.AsSpan().SequenceEqual(reader.Payload), $"{payload.Length} octets, chopped at {most}");
            }

            Assert.Equal(WebSocketReadStatus.EndOfStream, await reader.ReadAsync());
        }
    }

    [Fact]
    public async Task A_large_message_takes_two_reads_and_leaves_an_empty_buffer()
    {
        const int Size = 60_000;
        MemoryStream wire = new();
        byte[] frame = new byte[14 + Size];
        int header = WebSocketFrameFormatter.WriteHeader(frame, WebSocketOpcode.Binary, true, Size, masked: false, 0);
        for (int i = 0; i < 10; i++)
        {
            wire.Write(frame, 0, header + Size);
        }

        ChoppingStream stream = new(wire.ToArray(), new Random(1), int.MaxValue);
        using WebSocketReader reader = new(WebSocketStreams.CreateReader(stream), WebSocketRole.Client, WebSocketLimits.Default, writer: null);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync());
            Assert.Equal(Size, reader.Payload.Length);
        }

        // The first reads find the size of the buffer; from then on it is a read of the header with what fits, and one of the rest.
        Assert.InRange(stream.Reads, 20, 24);
    }

    private sealed class ChoppingStream(byte[] data, Random random, int most = 5000) : MemoryStream(data)
    {
        public int Reads { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Reads++;
            if (random.Next(3) == 0)
            {
                await Task.Yield();
            }

            return Read(buffer.Span[..Math.Min(buffer.Length, most == int.MaxValue ? most : random.Next(1, most))]);
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
