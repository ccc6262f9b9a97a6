using System.IO.Pipelines;
using Concierge.Simulation.Time;

namespace Concierge.Simulation.Wire;

/// <summary>Two ends of a line that never leaves the process: what one end writes, the other reads, through bounded pipes.</summary>
/// <remarks>
/// <para>Made on a <see cref="VirtualTimeLoop"/> (or given one), every continuation returns to that loop, in the order in which it became ready, and nothing is
/// allocated per wake-up. Made elsewhere, continuations run on the thread pool.</para>
/// <para>Closing: complete an end's <see cref="Output"/> and the other end reads to the end (as a FIN); complete it with an exception and the other end's read
/// throws that exception (as a reset); complete an end's <see cref="Input"/> and the other end's flushes report completion.</para>
/// </remarks>
public sealed class InMemoryDuplex : IDuplexPipe
{
    private InMemoryDuplex(PipeReader input, PipeWriter output)
    {
        Input = input;
        Output = output;
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>Makes a line.</summary>
    /// <param name="capacity">Bytes that may be unread in each direction before a flush waits; at least 1. It ends its wait at half of this. Default 64 KiB, about a socket's buffers.</param>
    /// <param name="loop">The loop whose thread runs all continuations; null takes the loop of the current context, if any.</param>
    /// <returns>The two ends.</returns>
    public static (IDuplexPipe A, IDuplexPipe B) CreatePair(int capacity = 65536, VirtualTimeLoop? loop = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var scheduler = new LoopPipeScheduler(loop ?? SynchronizationContext.Current as VirtualTimeLoop);
        var options = new PipeOptions(
            readerScheduler: scheduler,
            writerScheduler: scheduler,
            pauseWriterThreshold: capacity,
            resumeWriterThreshold: Math.Max(1, capacity / 2),
            useSynchronizationContext: false);
        var there = new Pipe(options);
        var back = new Pipe(options);
        return (new InMemoryDuplex(back.Reader, there.Writer), new InMemoryDuplex(there.Reader, back.Writer));
    }

    /// <summary>Ends both directions at once, as a reset connection does: the other end's reads and flushes throw <paramref name="reason"/>.</summary>
    /// <param name="end">The end that resets; its own pending read throws too.</param>
    /// <param name="reason">What the other end sees; null for a plain <see cref="IOException"/>.</param>
    public static void Abort(IDuplexPipe end, Exception? reason = null)
    {
        ArgumentNullException.ThrowIfNull(end);
        Exception cause = reason ?? new IOException("Connection reset by peer.");
        end.Output.Complete(cause);
        end.Input.CancelPendingRead();
        end.Input.Complete(cause);
    }
}
