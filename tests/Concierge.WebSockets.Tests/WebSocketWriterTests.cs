using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Concierge.WebSockets.Tests;

public sealed class WebSocketWriterTests
{
    private static readonly PipeOptions s_stalling = new(
        pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline);

    [Fact]
    public async Task Sends_frames_that_a_peer_reads_masked_and_not()
    {
        foreach (WebSocketRole role in new[] { WebSocketRole.Server, WebSocketRole.Client })
        {
            Pipe pipe = new();
            WebSocketWriter writer = new(pipe.Writer, role);
            byte[] data = Wire.Octets(70_000);
            writer.TryAppend(WebSocketOpcode.Text, "hi"u8);
            writer.TryAppend(WebSocketOpcode.Binary, data.AsSpan(0, 126));
            writer.TryAppend(WebSocketOpcode.Binary, new Payload(data), WebSocketLane.Control);
            writer.TryAppend(WebSocketOpcode.Ping, [1]);
            ValueTask closed = writer.CloseAsync(1000, "done");
            List<string> sent = await ReadAllAsync(pipe.Reader, 4 + 130 + 70_010 + 3 + 8 + (role == WebSocketRole.Client ? 20 : 0));
            await closed;
            Assert.Equal(
                ["text:hi", $"binary:{Convert.ToHexString(data.AsSpan(0, 126))}", $"binary:{Convert.ToHexString(data)}", "ping:01", "close:1000:done"], sent);
            Assert.Equal(WebSocketAppendResult.Closed, writer.TryAppend(WebSocketOpcode.Text, "late"u8));
            Assert.Equal(0, writer.PendingBytes);
        }
    }

    [Fact]
    public void Sends_at_once_what_is_appended_and_flushed_in_one_and_queues_it_behind_a_flush_in_flight()
    {
        Pipe pipe = new(s_stalling);
        WebSocketWriter writer = new(pipe.Writer, WebSocketRole.Client);
        Assert.Equal(WebSocketAppendResult.Accepted, writer.TrySend(WebSocketOpcode.Text, "first"u8, WebSocketLane.Media));
        Assert.Equal(WebSocketAppendResult.Accepted, writer.TrySend(WebSocketOpcode.Text, "second"u8, WebSocketLane.Media));
        Assert.Equal(WebSocketAppendResult.Accepted, writer.TrySend(WebSocketOpcode.Ping, "now"u8));
        Assert.Throws<ArgumentException>(() => writer.TrySend(WebSocketOpcode.Close, []));
        Assert.Equal(["text:first"], Take(pipe.Reader));
        Assert.Equal(["ping:6E6F77", "text:second"], Take(pipe.Reader));
        Assert.Equal(0, writer.PendingBytes);
        writer.Abort();
        Assert.Equal(WebSocketAppendResult.Closed, writer.TrySend(WebSocketOpcode.Text, "late"u8));
    }

    [Fact]
    public void Lets_pending_control_overtake_pending_media_and_keeps_each_lane_in_order()
    {
        Pipe pipe = new(s_stalling);
        WebSocketWriter writer = new(pipe.Writer, WebSocketRole.Server);
        writer.TryAppend(WebSocketOpcode.Text, "first"u8, WebSocketLane.Media);
        writer.Flush();
        writer.TryAppend(WebSocketOpcode.Text, "m1"u8, WebSocketLane.Media);
        writer.TryAppend(WebSocketOpcode.Text, "c1"u8);
        writer.TryAppend(WebSocketOpcode.Text, "m2"u8, WebSocketLane.Media);
        writer.TryAppend(WebSocketOpcode.Text, "c2"u8);
        writer.Flush();
        Assert.Equal(["text:first"], Take(pipe.Reader));
        Assert.Equal(["text:c1", "text:c2", "text:m1", "text:m2"], Take(pipe.Reader));
        Assert.Equal(0, writer.PendingBytes);
    }

    [Fact]
    public void Drops_the_oldest_media_over_its_budget_and_counts_it_and_refuses_control_over_its_own()
    {
        Pipe pipe = new(s_stalling);
        WebSocketWriter writer = new(pipe.Writer, WebSocketRole.Server, new WebSocketWriterOptions { MediaBudget = 256, ControlBudget = 256 });
        writer.TryAppend(WebSocketOpcode.Text, "stall"u8);
        writer.Flush();
        byte[] hundred = new byte[98];
        for (int i = 0; i < 5; i++)
        {
            hundred.AsSpan().Fill((byte)('a' + i));
            WebSocketAppendResult result = writer.TryAppend(WebSocketOpcode.Text, hundred, WebSocketLane.Media);
            Assert.Equal(i < 2 ? WebSocketAppendResult.Accepted : WebSocketAppendResult.DroppedOldest, result);
        }

        Assert.Equal(3, writer.DroppedMessages);
        Assert.Equal(WebSocketAppendResult.Accepted, writer.TryAppend(WebSocketOpcode.Text, hundred));
        Assert.Equal(WebSocketAppendResult.Accepted, writer.TryAppend(WebSocketOpcode.Text, hundred));
        Assert.Equal(WebSocketAppendResult.Full, writer.TryAppend(WebSocketOpcode.Text, hundred));
        Assert.Equal(WebSocketAppendResult.Full, writer.TryAppend(WebSocketOpcode.Text, new byte[300], WebSocketLane.Media));
        writer.Flush();
        Take(pipe.Reader);
        List<string> rest = Take(pipe.Reader);
        Assert.Equal($"text:{new string('d', 98)}", rest[2]);
        Assert.Equal($"text:{new string('e', 98)}", rest[3]);
    }

    [Fact]
    public void Refuses_media_over_its_budget_when_asked_to()
    {
        Pipe pipe = new(s_stalling);
        WebSocketWriter writer = new(
            pipe.Writer, WebSocketRole.Server, new WebSocketWriterOptions { MediaBudget = 256, MediaOverflow = WebSocketOverflow.Refuse });
        writer.TryAppend(WebSocketOpcode.Text, "stall"u8);
        writer.Flush();
        Assert.Equal(WebSocketAppendResult.Accepted, writer.TryAppend(WebSocketOpcode.Binary, new byte[200], WebSocketLane.Media));
        Assert.Equal(WebSocketAppendResult.Full, writer.TryAppend(WebSocketOpcode.Binary, new byte[60], WebSocketLane.Media));
        Assert.Equal(1, writer.DiscardPending(WebSocketLane.Media));
        Assert.Equal(WebSocketAppendResult.Accepted, writer.TryAppend(WebSocketOpcode.Binary, new byte[200], WebSocketLane.Media));
        Assert.Equal(1, writer.DroppedMessages);
    }

    [Fact]
    public void Bounds_what_is_appended_without_a_flush()
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0));
        WebSocketWriter writer = new(pipe.Writer, WebSocketRole.Client, new WebSocketWriterOptions { FlushChunk = 1024, MediaBudget = 4096, ControlBudget = 4096 });
        byte[] frame = new byte[200];
        while (writer.TryAppend(WebSocketOpcode.Binary, frame, WebSocketLane.Media) == WebSocketAppendResult.Accepted)
        {
        }

        while (writer.TryAppend(WebSocketOpcode.Binary, frame) == WebSocketAppendResult.Accepted)
        {
        }

        Assert.InRange(writer.PendingBytes, 4096, 1024 + (2 * 4096));
        Assert.True(writer.DroppedMessages > 0);
        writer.Flush();
        Assert.Equal(0, writer.PendingBytes);
    }

    [Fact]
    public async Task A_drain_ends_when_all_before_it_is_handed_over_and_a_cancelled_one_leaves_the_writer_whole()
    {
        Pipe pipe = new(s_stalling);
        WebSocketWriter writer = new(pipe.Writer, WebSocketRole.Server);
        writer.TryAppend(WebSocketOpcode.Text, "one"u8);
        writer.Flush();
        writer.TryAppend(WebSocketOpcode.Text, "two"u8, WebSocketLane.Media);
        using CancellationTokenSource cancel = new();
        Task cancelled = writer.DrainAsync(cancel.Token).AsTask();
        Task drained = writer.DrainAsync().AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(["text:one"], Take(pipe.Reader));
        Assert.False(drained.IsCompleted);
        writer.TryAppend(WebSocketOpcode.Text, "after"u8);
        Assert.Equal(["text:two"], Take(pipe.Reader));
        await drained;
    }

    [Fact]
    public async Task A_reader_that_goes_away_faults_the_writer_and_ends_every_drain()
    {
        Pipe pipe = new(s_stalling);
        WebSocketWriter writer = new(pipe.Writer, WebSocketRole.Server);
        writer.TryAppend(WebSocketOpcode.Text, "one"u8);
        writer.Flush();
        writer.TryAppend(WebSocketOpcode.Text, "two"u8);
        Task drained = writer.DrainAsync().AsTask();
        await pipe.Reader.CompleteAsync();
        await drained;
        Assert.True(writer.IsFaulted);
        Assert.Equal(WebSocketAppendResult.Closed, writer.TryAppend(WebSocketOpcode.Text, "three"u8));
        await writer.CloseAsync(1000, "");
    }

    [Fact]
    public async Task A_transport_that_throws_faults_the_writer()
    {
        WebSocketWriter writer = new(PipeWriter.Create(new ThrowingStream()), WebSocketRole.Server);
        writer.TryAppend(WebSocketOpcode.Text, "one"u8);
        await writer.DrainAsync();
        Assert.True(writer.IsFaulted);
        Assert.IsType<IOException>(writer.Fault);
    }

    [Fact]
    public void Sends_the_close_behind_everything_taken_before_it()
    {
        Pipe pipe = new(s_stalling);
        WebSocketWriter writer = new(pipe.Writer, WebSocketRole.Server, new WebSocketWriterOptions { FlushChunk = 256 });
        writer.TryAppend(WebSocketOpcode.Text, "stall"u8);
        writer.Flush();
        for (int i = 0; i < 10; i++)
        {
            writer.TryAppend(WebSocketOpcode.Binary, new byte[100], WebSocketLane.Media);
        }

        Task closed = writer.CloseAsync(1001, new string('é', 100)).AsTask();
        List<string> sent = [];
        while (!closed.IsCompleted)
        {
            sent.AddRange(Take(pipe.Reader));
        }

        Assert.Equal(12, sent.Count);
        Assert.Equal($"close:1001:{new string('é', 61)}", sent[^1]);
    }

    [Theory]
    [InlineData(WebSocketOpcode.Close)]
    [InlineData(WebSocketOpcode.Continuation)]
    [InlineData((WebSocketOpcode)3)]
    public void Refuses_opcodes_that_are_not_messages(WebSocketOpcode opcode)
    {
        WebSocketWriter writer = new(new Pipe().Writer, WebSocketRole.Server);
        Assert.Throws<ArgumentException>(() => writer.TryAppend(opcode, []));
        Assert.Throws<ArgumentException>(() => writer.TryAppend(WebSocketOpcode.Ping, new byte[126]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.CloseAsync(1006, ""));
    }

    [Fact]
    public void A_payload_that_throws_leaves_nothing_behind()
    {
        Pipe pipe = new();
        WebSocketWriter writer = new(pipe.Writer, WebSocketRole.Server);
        Assert.Throws<NotSupportedException>(() => writer.TryAppend(WebSocketOpcode.Text, new Payload(null), WebSocketLane.Control));
        writer.TryAppend(WebSocketOpcode.Text, "fine"u8);
        writer.Flush();
        Assert.Equal(["text:fine"], Take(pipe.Reader));
    }

    [Fact]
    public void Two_peers_that_answer_each_other_inline_do_not_grow_the_stack()
    {
        PipeOptions inline = new(useSynchronizationContext: false, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline);
        Pipe there = new(inline);
        Pipe back = new(inline);
        int left = 20_000;
        WebSocketWriter client = new(there.Writer, WebSocketRole.Client);
        WebSocketWriter server = new(back.Writer, WebSocketRole.Server);
        Task one = EchoAsync(new WebSocketReader(there.Reader, WebSocketRole.Server, WebSocketLimits.Default, server), server);
        Task two = EchoAsync(new WebSocketReader(back.Reader, WebSocketRole.Client, WebSocketLimits.Default, client), client);
        client.TryAppend(WebSocketOpcode.Text, "ball"u8);
        client.Flush();
        Assert.True(one.IsCompleted || two.IsCompleted);

        async Task EchoAsync(WebSocketReader reader, WebSocketWriter writer)
        {
            while (await reader.ReadAsync() == WebSocketReadStatus.Message && --left > 0)
            {
                writer.TryAppend(reader.Opcode, reader.Payload);
                writer.Flush();
            }
        }
    }

    [Fact]
    public async Task Many_threads_append_and_every_message_arrives_whole_and_in_its_threads_order()
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 4096, resumeWriterThreshold: 2048));
        WebSocketWriter writer = new(pipe.Writer, WebSocketRole.Client, new WebSocketWriterOptions { ControlBudget = 4 * 1024 * 1024 });
        const int Threads = 4;
        const int Messages = 2000;
        Task[] appenders = new Task[Threads];
        for (int t = 0; t < Threads; t++)
        {
            int thread = t;
            appenders[t] = Task.Run(() =>
            {
                for (int i = 0; i < Messages; i++)
                {
                    Assert.Equal(WebSocketAppendResult.Accepted, writer.TryAppend(WebSocketOpcode.Text, Encoding.UTF8.GetBytes($"{thread}:{i}")));
                    writer.Flush();
                }
            });
        }

        WebSocketReader reader = new(pipe.Reader, WebSocketRole.Server, WebSocketLimits.Default, writer: null);
        int[] next = new int[Threads];
        for (int i = 0; i < Threads * Messages; i++)
        {
            Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync());
            string[] parts = Encoding.UTF8.GetString(reader.Payload).Split(':');
            int thread = int.Parse(parts[0]);
            Assert.Equal(next[thread]++, int.Parse(parts[1]));
        }

        await Task.WhenAll(appenders);

        // The last message is lent until the next read, and its buffer with it.
        Assert.False(reader.TryRead(out _));
        await writer.DrainAsync();
        Assert.Equal(0, writer.PendingBytes);
    }

    private static List<string> Take(PipeReader reader)
    {
        Assert.True(reader.TryRead(out ReadResult result));
        List<string> frames = Wire.Describe(result.Buffer.ToArray());
        reader.AdvanceTo(result.Buffer.End);
        return frames;
    }

    private static async Task<List<string>> ReadAllAsync(PipeReader reader, int atLeast)
    {
        List<byte> all = [];
        while (all.Count < atLeast)
        {
            ReadResult result = await reader.ReadAsync();
            all.AddRange(result.Buffer.ToArray());
            reader.AdvanceTo(result.Buffer.End);
        }

        return Wire.Describe(all.ToArray());
    }

    private readonly struct Payload(byte[]? data) : IWebSocketPayload
    {
        public int Length => data?.Length ?? 3;

        public void Write(Span<byte> destination, uint maskKey) => WebSocketMask.Apply(data ?? throw new NotSupportedException(), destination, maskKey);
    }

    private sealed class ThrowingStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException(new IOException("gone"));
    }
}
