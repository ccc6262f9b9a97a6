using System.IO.Pipelines;

namespace Concierge.WebSockets;

/// <summary>Pipe ends over a stream, made for a <see cref="WebSocketReader"/> and a <see cref="WebSocketWriter"/>: one contiguous buffer, no copy between segments, and a flush that is one write.</summary>
/// <remarks>
/// They cost about half of what <see cref="PipeReader.Create(Stream, StreamPipeReaderOptions?)"/> and <see cref="PipeWriter.Create(Stream, StreamPipeWriterOptions?)"/> cost per message, and fewer reads for
/// large messages. Neither closes the stream. Like every pipe end each has one user at a time.
/// </remarks>
public static class WebSocketStreams
{
    /// <summary>A reader over a stream whose buffer grows while reads fill it and shrinks when they do not.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="bufferSize">The smallest buffer in octets; rented while the reader lives. Default 4 KiB.</param>
    /// <param name="maxReadAhead">The most octets of one read, and the largest buffer that filled reads grow to; the rest of a frame longer than that is read in one piece of up to 64 KiB. Default 16 KiB.</param>
    /// <param name="waitsEmpty">Whether an empty read of the stream waits for octets and costs next to nothing, as on a <see cref="LoopStream"/> and TLS over one: no buffer is held
    /// then while nothing comes.</param>
    public static PipeReader CreateReader(Stream stream, int bufferSize = 4 * 1024, int maxReadAhead = 16 * 1024, bool waitsEmpty = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferSize, 256);
        maxReadAhead = Math.Max(bufferSize, maxReadAhead);
        return stream is LoopStream loop ? new LoopInput(loop, bufferSize, maxReadAhead) : new StreamInput(stream, bufferSize, maxReadAhead, waitsEmpty);
    }

    /// <summary>A writer over a stream: what was advanced goes out in one write per flush. Holds nothing between flushes.</summary>
    /// <param name="stream">The stream; it is not flushed, as sockets, TLS and Kestrel's upgraded streams need none.</param>
    public static PipeWriter CreateWriter(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new StreamOutput(stream);
    }
}
