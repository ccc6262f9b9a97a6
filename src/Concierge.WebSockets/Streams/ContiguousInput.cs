using System.Buffers;
using System.IO.Pipelines;

namespace Concierge.WebSockets;

/// <summary>A <see cref="PipeReader"/> with one contiguous rented buffer, which grows while reads fill it: the half that knows no source.</summary>
/// <remarks>Over a source that can wait without a buffer, it is rented when octets have come and given back when they are consumed: a quiet connection holds none.</remarks>
internal abstract class ContiguousInput : PipeReader
{
    private const int MinRead = 1024;
    private const int MaxExpected = 64 * 1024;

    private readonly int _smallest;
    private readonly int _largest;
    private readonly bool _returnsEmpty;
    private int _size;
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

    /// <summary>Makes an input without a buffer.</summary>
    /// <param name="smallest">The smallest buffer in octets.</param>
    /// <param name="largest">What filled reads grow it to.</param>
    /// <param name="returnsEmpty">Whether a buffer with nothing in it is given back.</param>
    protected ContiguousInput(int smallest, int largest, bool returnsEmpty)
    {
        _smallest = smallest;
        _largest = largest;
        _returnsEmpty = returnsEmpty;
        _size = smallest;
    }

    /// <summary>Whether a read is in flight.</summary>
    protected bool IsReading { get; set; }

    /// <summary>Whether the next result is to say that it was cancelled.</summary>
    protected bool IsCancelRequested => _cancelRequested;

    /// <summary>Whether nothing is buffered.</summary>
    protected bool IsEmpty => _start == _end;

    /// <inheritdoc/>
    public sealed override bool TryRead(out ReadResult result)
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

    /// <summary><see cref="TryRead"/> for a consumer that knows that there is one piece: no sequence is made of it. False also for a cancelled read with nothing in it.</summary>
    /// <param name="octets">What is buffered.</param>
    /// <param name="isCompleted">Whether no more comes.</param>
    public bool TryTake(out ReadOnlyMemory<byte> octets, out bool isCompleted)
    {
        ThrowIfUnusable();
        isCompleted = _ended;
        bool any = _end > _examined || _ended || (_cancelRequested && _end > _start);
        _cancelRequested = false;
        octets = any && _buffer is not null ? _buffer.AsMemory(_start, _end - _start) : default;
        return any;
    }

    /// <summary>Gives back what <see cref="TryTake"/>, or a read, has shown.</summary>
    /// <param name="consumed">Octets that are not needed any more.</param>
    /// <param name="examined">Whether only more octets, and no further look at the same, are of use.</param>
    public void Release(int consumed, bool examined)
    {
        ThrowIfUnusable();
        if (_buffer is not null)
        {
            Advance(_start + consumed, examined ? _end : _start + consumed);
        }
    }

    /// <inheritdoc/>
    public sealed override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public sealed override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        ThrowIfUnusable();
        if (_buffer is not null)
        {
            Advance(consumed.GetInteger(), examined.GetInteger());
        }
    }

    private void Advance(int start, int seen)
    {
        if (start < _start || start > seen || seen > _end)
        {
            throw new InvalidOperationException("The positions are not of the last read.");
        }

        _start = start;
        _examined = seen;
        if (_returnsEmpty && start == _end)
        {
            ReturnEmpty();
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => _cancelRequested = true;

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        _completed = true;

        // A read in flight still writes to the buffer: it is left to the collector then.
        if (_buffer is not null && !IsReading)
        {
            ThreadBuffers.Return(_buffer);
        }

        _buffer = null;
        _start = _end = _examined = 0;
    }

    /// <summary>
    /// Tells that a frame goes on for so many octets: the next read finds room for them in one piece and, where they are many, takes no more, so that the next frame begins in
    /// an empty buffer and nothing is ever moved.
    /// </summary>
    /// <param name="octets">What is missing; beyond 64 KiB the buffer does not grow.</param>
    public void Expect(int octets) => _expected = Math.Min(octets, MaxExpected);

    /// <summary>Where the next read goes: behind what is still unconsumed, in a buffer of the right size.</summary>
    protected Memory<byte> Room()
    {
        MakeRoom();
        int limit = _expected > _smallest ? _expected : Math.Max(_largest, MinRead);
        _expected = 0;
        return _buffer.AsMemory(_end, Math.Min(limit, _buffer!.Length - _end));
    }

    /// <summary>Books what a read brought; nothing is the end.</summary>
    protected void Took(int count)
    {
        if (count == 0)
        {
            _ended = true;
        }

        _end += count;
        _filled = _buffer is not null && _end == _buffer.Length;
        if (_returnsEmpty)
        {
            // The next buffer: one that the last read would have half filled.
            _size = _filled ? Math.Min(2 * _size, _largest) : _end <= _size / 4 ? Math.Max(_smallest, _size / 2) : _size;
        }
    }

    /// <summary>Nothing came into the room that was made.</summary>
    protected void TookNothing()
    {
        if (_returnsEmpty && _buffer is not null && IsEmpty)
        {
            ReturnEmpty();
        }
    }

    /// <summary>What is buffered; takes a cancellation's mark along.</summary>
    protected ReadResult Result()
    {
        bool canceled = _cancelRequested;
        _cancelRequested = false;
        ReadOnlySequence<byte> sequence = _buffer is null ? default : new(_buffer, _start, _end - _start);
        return new ReadResult(sequence, canceled, _ended);
    }

    /// <summary>Refuses what a reader must not do.</summary>
    protected void ThrowIfUnusable()
    {
        if (_completed || IsReading)
        {
            throw new InvalidOperationException(_completed ? "Reading is not allowed after the reader was completed." : "A read is pending.");
        }
    }

    private void ReturnEmpty()
    {
        ThreadBuffers.Return(_buffer!);
        _buffer = null;
        _start = _end = _examined = 0;
    }

    private void MakeRoom()
    {
        int live = _end - _start;
        if (_buffer is null)
        {
            _buffer = ThreadBuffers.Rent(_size);
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
            byte[] other = ThreadBuffers.Rent(wanted);
            _buffer.AsSpan(_start, live).CopyTo(other);
            ThreadBuffers.Return(_buffer);
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
}
