using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Concierge.WebSockets;

/// <summary>A <see cref="PipeReader"/> over a stream with one contiguous rented buffer, which grows while reads fill it.</summary>
/// <remarks>Over a stream that can wait with an empty read at no cost, the buffer is rented when octets have come and given back when they are consumed: a quiet connection holds none.</remarks>
internal sealed class StreamInput : PipeReader, IValueTaskSource<ReadResult>
{
    private const int MinRead = 1024;
    private const int MaxExpected = 64 * 1024;

    private readonly Stream _stream;
    private readonly Action _onRead;
    private readonly int _smallest;
    private readonly int _largest;
    private readonly bool _waitsEmpty;
    private int _size;
    private bool _waiting; // the read in flight is the empty one
    private byte[]? _buffer;
    private int _start;
    private int _end;

    // Up to where the consumer has looked: only octets beyond it complete a read.
    private int _examined;
    private bool _filled;
    private int _expected;
    private bool _ended;
    private bool _completed;

    private volatile bool _cancelRequested;
    private CancellationTokenSource? _cancel;
    private CancellationToken _userToken;
    private CancellationTokenRegistration _registration;
    private ValueTaskAwaiter<int> _read;
    private bool _reading;
    private ManualResetValueTaskSourceCore<ReadResult> _core;

    public StreamInput(Stream stream, int smallest, int largest, bool waitsEmpty)
    {
        _stream = stream;
        _smallest = smallest;
        _largest = largest;
        _waitsEmpty = waitsEmpty;
        _size = smallest;
        _onRead = OnRead;
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfUnusable();
        if (_cancelRequested || _end > _examined || _ended)
        {
            result = Result();
            return true;
        }

        result = default;
        return false;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (TryRead(out ReadResult result))
        {
            return new(result);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }

        if (_cancel is null || _cancel.IsCancellationRequested)
        {
            _cancel = new CancellationTokenSource();
        }

        if (_cancelRequested)
        {
            // Asked for between the look above and here, and cancelled on the source before this one.
            return new(Result());
        }

        ValueTask<int> read;
        try
        {
            if (!TryReadNow(out read))
            {
                return new(Result());
            }
        }
        catch (OperationCanceledException) when (_cancelRequested)
        {
            return new(Result());
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<ReadResult>(exception);
        }

        _core.Reset();
        _reading = true;
        _userToken = cancellationToken;
        _read = read.GetAwaiter();
        ValueTask<ReadResult> pending = new(this, _core.Version);
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _cancel);
        }

        _read.UnsafeOnCompleted(_onRead);
        return pending;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        ThrowIfUnusable();
        int start = consumed.GetInteger();
        int seen = examined.GetInteger();
        if (_buffer is null)
        {
            return;
        }

        if (start < _start || start > seen || seen > _end)
        {
            throw new InvalidOperationException("The positions are not of the last read.");
        }

        _start = start;
        _examined = seen;
        if (_waitsEmpty && start == _end)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
            _start = _end = _examined = 0;
        }
    }

    public override void CancelPendingRead()
    {
        _cancelRequested = true;
        _cancel?.Cancel();
    }

    public override void Complete(Exception? exception = null)
    {
        _completed = true;

        // A read in flight still writes to the buffer: it is left to the collector then.
        if (_buffer is not null && !_reading)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = null;
        _start = _end = _examined = 0;
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void OnRead()
    {
        ValueTaskAwaiter<int> read = _read;
        _read = default;
        try
        {
            int count = read.GetResult();
            if (!_waiting)
            {
                Took(count);
            }
            else if (TryReadNow(out ValueTask<int> next))
            {
                _read = next.GetAwaiter();
                _read.UnsafeOnCompleted(_onRead);
                return;
            }

            EndRead();
        }
        catch (OperationCanceledException) when (_userToken.IsCancellationRequested)
        {
            EndRead();
            _core.SetException(new OperationCanceledException(_userToken));
            return;
        }
        catch (OperationCanceledException) when (_cancelRequested)
        {
            // CancelPendingRead: reported once, in the result.
            EndRead();
        }
        catch (Exception exception)
        {
            EndRead();
            _core.SetException(exception);
            return;
        }

        _core.SetResult(Result());
    }

    /// <summary>Reads what is there. False when that was enough to complete; true when the stream has to be waited for.</summary>
    private bool TryReadNow(out ValueTask<int> pending)
    {
        if (_waitsEmpty && _start == _end && !_waiting)
        {
            _waiting = true;
            pending = _stream.ReadAsync(Memory<byte>.Empty, _cancel!.Token);
            if (!pending.IsCompleted)
            {
                return true;
            }

            pending.GetAwaiter().GetResult();
        }

        _waiting = false;
        MakeRoom();
        pending = _stream.ReadAsync(_buffer.AsMemory(_end, ReadLength()), _cancel!.Token);
        if (!pending.IsCompleted)
        {
            return true;
        }

        Took(pending.GetAwaiter().GetResult());
        return false;
    }

    private void EndRead()
    {
        _reading = false;
        _waiting = false;
        _registration.Dispose();
        _registration = default;
    }

    private void Took(int count)
    {
        if (count == 0)
        {
            _ended = true;
        }

        _end += count;
        _filled = _buffer is not null && _end == _buffer.Length;
        if (_waitsEmpty)
        {
            // The next buffer: one that the last read would have half filled.
            _size = _filled ? Math.Min(2 * _size, _largest) : _end <= _size / 4 ? Math.Max(_smallest, _size / 2) : _size;
        }
    }

    private ReadResult Result()
    {
        bool canceled = _cancelRequested;
        _cancelRequested = false;
        ReadOnlySequence<byte> sequence = _buffer is null ? default : new(_buffer, _start, _end - _start);
        return new ReadResult(sequence, canceled, _ended);
    }

    /// <summary>
    /// Tells that a frame goes on for so many octets: the next read finds room for them in one piece and, where they are many, takes no more, so that the next frame begins in
    /// an empty buffer and nothing is ever moved.
    /// </summary>
    /// <param name="octets">What is missing; beyond 64 KiB the buffer does not grow.</param>
    public void Expect(int octets) => _expected = Math.Min(octets, MaxExpected);

    private int ReadLength()
    {
        int limit = _expected > _smallest ? _expected : Math.Max(_largest, MinRead);
        _expected = 0;
        return Math.Min(limit, _buffer!.Length - _end);
    }

    /// <summary>Room for the next read behind what is still unconsumed, in a buffer of the right size.</summary>
    private void MakeRoom()
    {
        int live = _end - _start;
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(_size);
            _start = _end = _examined = 0;
            return;
        }

        int wanted = _buffer.Length;
        if (_filled && wanted < _largest)
        {
            wanted = Math.Min(2 * wanted, _largest);
        }
        else if (live == 0 && _expected == 0 && wanted >= 2 * _smallest && _end <= wanted / 4)
        {
            // The last reads would have fitted a quarter: a burst is over.
            wanted = Math.Max(_smallest, wanted / 2);
        }

        int room = Math.Max(MinRead, _expected);
        if (wanted - live < room)
        {
            wanted = live + (_expected > 0 ? room : Math.Max(room, live));
        }

        if (wanted != _buffer.Length)
        {
            byte[] other = ArrayPool<byte>.Shared.Rent(wanted);
            _buffer.AsSpan(_start, live).CopyTo(other);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = other;
        }
        else if (_start > 0 && (live == 0 || wanted - _end < (_expected > 0 ? room : Math.Max(room, live))))
        {
            _buffer.AsSpan(_start, live).CopyTo(_buffer);
        }
        else
        {
            return;
        }

        _examined -= _start;
        _start = 0;
        _end = live;
        _examined = Math.Min(_examined, live);
    }

    private void ThrowIfUnusable()
    {
        if (_completed || _reading)
        {
            throw new InvalidOperationException(_completed ? "Reading is not allowed after the reader was completed." : "A read is pending.");
        }
    }
}
