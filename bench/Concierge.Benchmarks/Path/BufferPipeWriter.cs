using System.IO.Pipelines;

namespace Concierge.Benchmarks.Paths;

/// <summary>A transport that takes everything at once into one buffer and costs nothing: what is left is the path's own time.</summary>
internal sealed class BufferPipeWriter : PipeWriter
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _written;

    /// <summary>Octets of the last flush.</summary>
    public int Flushed { get; private set; }

    /// <summary>What the last flush handed over.</summary>
    public ReadOnlySpan<byte> Last => _buffer.AsSpan(0, Flushed);

    public override Span<byte> GetSpan(int sizeHint = 0) => _buffer.AsSpan(_written);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer.AsMemory(_written);

    public override void Advance(int bytes) => _written += bytes;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Flushed = _written;
        _written = 0;
        return default;
    }

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }
}
