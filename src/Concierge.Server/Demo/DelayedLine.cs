using System.IO.Pipelines;

namespace Concierge.Server.Demo;

/// <summary>A line whose far end is heard late, as over a network: what it sends is passed on after a delay, in order.</summary>
internal sealed class DelayedLine : IDuplexPipe
{
    private readonly Pipe _late = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0));

    /// <param name="line">The line.</param>
    /// <param name="delay">At least this much; what comes while something waits is passed on up to as much again later.</param>
    /// <param name="time">The clock.</param>
    public DelayedLine(IDuplexPipe line, TimeSpan delay, TimeProvider time)
    {
        Output = line.Output;
        _ = PassOnAsync(line.Input, delay, time);
    }

    public PipeReader Input => _late.Reader;

    public PipeWriter Output { get; }

    private async Task PassOnAsync(PipeReader input, TimeSpan delay, TimeProvider time)
    {
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync();
                byte[] octets = System.Buffers.BuffersExtensions.ToArray(read.Buffer);
                input.AdvanceTo(read.Buffer.End);
                await Task.Delay(delay, time);
                FlushResult flushed = await _late.Writer.WriteAsync(octets);
                if (read.IsCompleted || flushed.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (IOException)
        {
            // The far end broke off: so does this.
        }
        finally
        {
            await _late.Writer.CompleteAsync();
            await input.CompleteAsync();
        }
    }
}
