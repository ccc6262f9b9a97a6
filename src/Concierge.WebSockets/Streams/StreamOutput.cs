using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Concierge.WebSockets;

/// <summary>A <see cref="PipeWriter"/> over a stream with one contiguous rented buffer and one write per flush.</summary>
internal sealed class StreamOutput : PipeWriter, IValueTaskSource<FlushResult>
{
    private const int SmallestBuffer = 2048;

    private readonly Stream _stream;
    private readonly LoopStream? _loop;
    private readonly Action _onWritten;
    private byte[]? _buffer;
    private int _length;
    private bool _completed;
    private ValueTaskAwaiter _write;
    private bool _writing;
    private ManualResetValueTaskSourceCore<FlushResult> _core;

    public StreamOutput(Stream stream)
    {
        _stream = stream;
        _loop = stream as LoopStream;
        _onWritten = OnWritten;
    }

    public override bool CanGetUnflushedBytes => true;

    /// <summary>What a write touches.</summary>
    public void AddTo(WorkingSet set)
    {
        set.Add(this);
        _loop?.AddWritingTo(set);
    }

    public override long UnflushedBytes => _length;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_length);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(_length);
    }

    public override void Advance(int bytes)
    {
        if (_buffer is null || (uint)bytes > (uint)(_buffer.Length - _length))
        {
            throw new ArgumentOutOfRangeException(nameof(bytes));
        }

        _length += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_length == 0)
        {
            return new(new FlushResult(isCanceled: false, isCompleted: false));
        }

        ValueTask write;
        try
        {
            // A loop's socket takes nearly every frame at once: no task is made of it.
            int sent = _loop is not null && !cancellationToken.IsCancellationRequested ? _loop.TrySend(_buffer.AsSpan(0, _length)) : 0;
            if (sent == _length)
            {
                Release();
                return new(new FlushResult(isCanceled: false, isCompleted: false));
            }

            write = _stream.WriteAsync(_buffer.AsMemory(sent, _length - sent), cancellationToken);
            if (write.IsCompleted)
            {
                write.GetAwaiter().GetResult();
                Release();
                return new(new FlushResult(isCanceled: false, isCompleted: false));
            }
        }
        catch (Exception exception)
        {
            Release();
            return ValueTask.FromException<FlushResult>(exception);
        }

        _core.Reset();
        _write = write.GetAwaiter();
        _writing = true;
        ValueTask<FlushResult> result = new(this, _core.Version);
        _write.UnsafeOnCompleted(_onWritten);
        return result;
    }

    /// <summary>A write that has begun is not taken back: its frames would be cut.</summary>
    public override void CancelPendingFlush()
    {
    }

    /// <summary>What was not flushed is dropped: whoever ends a connection in order has flushed.</summary>
    public override void Complete(Exception? exception = null)
    {
        _completed = true;
        Release();
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void OnWritten()
    {
        ValueTaskAwaiter write = _write;
        _write = default;
        _writing = false;
        try
        {
            write.GetResult();
        }
        catch (Exception exception)
        {
            Release();
            _core.SetException(exception);
            return;
        }

        Release();
        _core.SetResult(new FlushResult(isCanceled: false, isCompleted: false));
    }

    private void Ensure(int size)
    {
        if (_completed)
        {
            throw new InvalidOperationException("Writing is not allowed after the writer was completed.");
        }

        if (_buffer is null)
        {
            _buffer = ThreadBuffers.Rent(Math.Max(size, SmallestBuffer));
        }
        else if (_buffer.Length - _length < size)
        {
            byte[] larger = ThreadBuffers.Rent(Math.Max(_length + size, 2 * _buffer.Length));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ThreadBuffers.Return(_buffer);
            _buffer = larger;
        }
    }

    /// <summary>After a write the buffer is given back: the next message rents it again from the thread's own store, and a quiet connection holds none.</summary>
    private void Release()
    {
        // A write in flight still reads the buffer: it releases it itself.
        if (_buffer is null || _writing)
        {
            return;
        }

        _length = 0;
        ThreadBuffers.Return(_buffer);
        _buffer = null;
    }
}
