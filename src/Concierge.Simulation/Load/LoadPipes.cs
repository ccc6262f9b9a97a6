using System.Buffers;
using System.IO.Pipelines;

namespace Concierge.Simulation.Load;

/// <summary>A connection that pipes carry: TLS, or a test's memory.</summary>
/// <param name="pipes">The connection, upgraded.</param>
internal sealed class LoadPipes(IDuplexPipe pipes) : ILoadWire
{
    private const int MostUnsent = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _unsent = new();
    private bool _flushing;
    private bool _closed;

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> octets, bool mayDrop = false)
    {
        if (_closed || (mayDrop && _unsent.WrittenCount + octets.Length > MostUnsent))
        {
            return;
        }

        _unsent.Write(octets);
        if (!_flushing)
        {
            _ = FlushAsync();
        }
    }

    /// <summary>Nothing is sent any more; whoever made the pipes ends them.</summary>
    public void Close() => _closed = true;

    /// <summary>Reads until the connection ends, in its own way or by the token.</summary>
    public async Task RunAsync(LoadEnd end, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            while (!end.IsOver)
            {
                ReadResult result = await pipes.Input.ReadAsync(cancellationToken);
                int used = Give(result.Buffer, end);
                pipes.Input.AdvanceTo(result.Buffer.GetPosition(used), result.Buffer.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            failure = exception;
        }
        finally
        {
            end.OnEnded(failure);
        }
    }

    private static int Give(ReadOnlySequence<byte> buffer, LoadEnd end)
    {
        int length = checked((int)buffer.Length);
        byte[] octets = ArrayPool<byte>.Shared.Rent(length);
        buffer.CopyTo(octets);
        int used = end.OnOctets(octets.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(octets);
        return used;
    }

    private async Task FlushAsync()
    {
        _flushing = true;
        try
        {
            while (_unsent.WrittenCount > 0)
            {
                pipes.Output.Write(_unsent.WrittenSpan);
                _unsent.ResetWrittenCount();
                await pipes.Output.FlushAsync();
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            _closed = true; // its reading side says why
        }
        finally
        {
            _flushing = false;
        }
    }
}
