using System.Buffers;
using System.IO.Pipelines;
using Concierge.Simulation.Time;
using Concierge.Simulation.Wire;

namespace Concierge.Simulation.Tests.Wire;

public sealed class InMemoryDuplexTests
{
    [Fact]
    public void Carries_bytes_both_ways()
    {
        var loop = new VirtualTimeLoop();
        loop.Run(async () =>
        {
            (IDuplexPipe a, IDuplexPipe b) = InMemoryDuplex.CreatePair();
            await a.Output.WriteAsync(new byte[] { 1, 2, 3 });
            await b.Output.WriteAsync(new byte[] { 9 });

            Assert.Equal([1, 2, 3], await TakeAsync(b.Input));
            Assert.Equal([9], await TakeAsync(a.Input));
        });
    }

    [Fact]
    public void Makes_the_writer_wait_when_the_reader_pauses_and_goes_on_in_order_when_it_reads()
    {
        var loop = new VirtualTimeLoop();
        var log = new List<string>();
        loop.Run(async () =>
        {
            (IDuplexPipe a, IDuplexPipe b) = InMemoryDuplex.CreatePair(capacity: 100);
            Task writing = WriteAsync(a.Output);
            int total = 0;
            while (true)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), loop.TimeProvider);
                ReadResult read = await b.Input.ReadAsync();
                total += (int)read.Buffer.Length;
                log.Add($"read {read.Buffer.Length} @{loop.Elapsed.TotalMilliseconds}");
                b.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }

            await writing;
            Assert.Equal(400, total);
        });

        Assert.Equal("wrote 80 @0", log[0]);
        Assert.Equal("read 160 @10", log[1]);
        Assert.Contains("wrote 160 @10", log);

        async Task WriteAsync(PipeWriter writer)
        {
            for (int i = 1; i <= 5; i++)
            {
                await writer.WriteAsync(new byte[80]);
                log.Add($"wrote {i * 80} @{loop.Elapsed.TotalMilliseconds}");
            }

            writer.Complete();
        }
    }

    [Fact]
    public void Never_runs_the_reader_inside_the_writers_call()
    {
        var loop = new VirtualTimeLoop();
        var log = new List<string>();
        loop.Run(async () =>
        {
            (IDuplexPipe a, IDuplexPipe b) = InMemoryDuplex.CreatePair();
            Task reading = ReadAsync(b.Input);
            log.Add("before");
            ValueTask<FlushResult> flush = a.Output.WriteAsync(new byte[1]);
            log.Add("after");
            await flush;
            await reading;
        });

        Assert.Equal(["before", "after", "read"], log);

        async Task ReadAsync(PipeReader reader)
        {
            await TakeAsync(reader);
            log.Add("read");
        }
    }

    [Fact]
    public void Allocates_nothing_for_a_wake_up_on_the_loop()
    {
        var loop = new VirtualTimeLoop();
        long allocated = loop.Run(async () =>
        {
            (IDuplexPipe a, IDuplexPipe b) = InMemoryDuplex.CreatePair();
            Task echo = EchoAsync(b);
            byte[] frame = new byte[300];
            await PingPongAsync(a, frame, 200);
            long before = GC.GetAllocatedBytesForCurrentThread();
            await PingPongAsync(a, frame, 1000);
            long after = GC.GetAllocatedBytesForCurrentThread();
            a.Output.Complete();
            await echo;
            return after - before;
        });

        // One async method's own box for the second PingPongAsync; nothing for a thousand round trips.
        Assert.InRange(allocated, 0, 1024);
    }

    [Fact]
    public void Reads_to_the_end_after_the_other_end_completes()
    {
        var loop = new VirtualTimeLoop();
        loop.Run(async () =>
        {
            (IDuplexPipe a, IDuplexPipe b) = InMemoryDuplex.CreatePair();
            await a.Output.WriteAsync(new byte[] { 5 });
            a.Output.Complete();

            Assert.Equal([5], await TakeAsync(b.Input));
            Assert.True((await b.Input.ReadAsync()).IsCompleted);
        });
    }

    [Fact]
    public void A_reset_reaches_the_other_ends_read_and_flush_as_an_exception()
    {
        var loop = new VirtualTimeLoop();
        loop.Run(async () =>
        {
            (IDuplexPipe a, IDuplexPipe b) = InMemoryDuplex.CreatePair();
            Task<byte[]> parked = TakeAsync(b.Input);
            InMemoryDuplex.Abort(a);

            IOException error = await Assert.ThrowsAsync<IOException>(() => parked);
            Assert.Equal("Connection reset by peer.", error.Message);
            await Assert.ThrowsAsync<IOException>(async () => await b.Output.WriteAsync(new byte[1]));
        });
    }

    [Fact]
    public async Task Works_without_a_loop()
    {
        (IDuplexPipe a, IDuplexPipe b) = InMemoryDuplex.CreatePair();
        Task<byte[]> parked = TakeAsync(b.Input);
        await a.Output.WriteAsync(new byte[] { 7, 8 });

        Assert.Equal([7, 8], await parked);
    }

    private static async Task PingPongAsync(IDuplexPipe end, byte[] frame, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            frame.CopyTo(end.Output.GetSpan(frame.Length));
            end.Output.Advance(frame.Length);
            await end.Output.FlushAsync();
            int left = frame.Length;
            while (left > 0)
            {
                ReadResult read = await end.Input.ReadAsync();
                left -= (int)read.Buffer.Length;
                end.Input.AdvanceTo(read.Buffer.End);
            }
        }
    }

    private static async Task EchoAsync(IDuplexPipe end)
    {
        while (true)
        {
            ReadResult read = await end.Input.ReadAsync();
            foreach (ReadOnlyMemory<byte> segment in read.Buffer)
            {
                segment.Span.CopyTo(end.Output.GetSpan(segment.Length));
                end.Output.Advance(segment.Length);
            }

            end.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                end.Output.Complete();
                return;
            }

            await end.Output.FlushAsync();
        }
    }

    private static async Task<byte[]> TakeAsync(PipeReader reader)
    {
        ReadResult read = await reader.ReadAsync();
        byte[] bytes = read.Buffer.ToArray();
        reader.AdvanceTo(read.Buffer.End);
        return bytes;
    }
}
