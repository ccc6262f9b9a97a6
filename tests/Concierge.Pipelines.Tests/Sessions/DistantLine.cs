using System.Buffers;
using System.IO.Pipelines;
using Concierge.Simulation.Wire;

namespace Concierge.Pipelines.Tests.Sessions;

/// <summary>A line on which everything takes its time, by the clock of the test: a fixed part and a part that varies from piece to piece. As on TCP, nothing overtakes anything.</summary>
internal static class DistantLine
{
    /// <param name="near">The end that is to be far away.</param>
    /// <param name="time">The clock.</param>
    /// <param name="latency">One way.</param>
    /// <param name="jitter">The most that is added to it.</param>
    /// <returns>What speaks and hears at the other end.</returns>
    public static IDuplexPipe Stretch(IDuplexPipe near, TimeProvider time, TimeSpan latency, TimeSpan jitter)
    {
        (IDuplexPipe middle, IDuplexPipe far) = InMemoryDuplex.CreatePair(1 << 24);
        var random = new Random(6);
        _ = CarryAsync(near.Input, middle.Output);
        _ = CarryAsync(middle.Input, near.Output);
        return far;

        async Task CarryAsync(PipeReader from, PipeWriter to)
        {
            Task before = Task.CompletedTask;
            try
            {
                while (true)
                {
                    ReadResult read = await from.ReadAsync();
                    byte[] octets = read.Buffer.ToArray();
                    from.AdvanceTo(read.Buffer.End);
                    before = DeliverAsync(before, octets, read.IsCompleted, to, latency + (jitter * random.NextDouble()));
                    if (read.IsCompleted)
                    {
                        return;
                    }
                }
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                await to.CompleteAsync(e);
            }
        }

        async Task DeliverAsync(Task before, byte[] octets, bool last, PipeWriter to, TimeSpan delay)
        {
            await Task.Delay(delay, time);
            await before;
            if (octets.Length > 0)
            {
                await to.WriteAsync(octets);
            }

            if (last)
            {
                await to.CompleteAsync();
            }
        }
    }
}
