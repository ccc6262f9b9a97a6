using System.Buffers;
using System.Diagnostics;

namespace Concierge.WebSockets;

/// <summary>A bounded queue of whole frames, back to back in one rented array that is given back whenever the queue runs empty.</summary>
/// <remarks>
/// The array is at most twice the budget (rounded up by the pool): with that slack the live part is moved to the front at most once per budget of octets appended.
/// A mutable struct with one owner: <see cref="WebSocketWriter"/>, under its lock.
/// </remarks>
internal struct FrameQueue
{
    private const int SmallestArray = 1024;

    private byte[]? _array;
    private int _head;
    private int _tail;

    /// <summary>Frames queued.</summary>
    public int Count { get; private set; }

    /// <summary>Octets queued.</summary>
    public readonly int Bytes => _tail - _head;

    /// <summary>Room for one frame at the end; it joins the queue with <see cref="Commit"/>.</summary>
    public Span<byte> Reserve(int length)
    {
        if (_array is null || _array.Length - _tail < length)
        {
            MakeRoom(length);
        }

        return _array.AsSpan(_tail, length);
    }

    public void Commit(int length)
    {
        Debug.Assert(_array is not null && _tail + length <= _array.Length, "commit without reserve");
        _tail += length;
        Count++;
    }

    /// <summary>The oldest frames that together stay within <paramref name="chunk"/> octets, at least one; empty when the queue is.</summary>
    public readonly ReadOnlySpan<byte> Peek(int chunk, out int frames)
    {
        ReadOnlySpan<byte> all = _array.AsSpan(_head, Bytes);
        if (all.Length <= chunk)
        {
            frames = Count;
            return all;
        }

        int length = 0;
        frames = 0;
        while (length < all.Length)
        {
            int next = WebSocketFrameFormatter.FrameLength(all[length..]);
            if (frames > 0 && length + next > chunk)
            {
                break;
            }

            length += next;
            frames++;
        }

        return all[..length];
    }

    /// <summary>Removes what <see cref="Peek"/> showed.</summary>
    public void Take(int length, int frames)
    {
        _head += length;
        Count -= frames;
        if (Count == 0)
        {
            Clear();
        }
    }

    public void DropOldest() => Take(WebSocketFrameFormatter.FrameLength(_array.AsSpan(_head)), 1);

    /// <summary>Empties the queue and gives the array back; returns the frames that were in it.</summary>
    public int Clear()
    {
        int dropped = Count;
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        this = default;
        return dropped;
    }

    private void MakeRoom(int length)
    {
        int live = Bytes;
        if (_array is not null && live + length <= _array.Length / 2)
        {
            _array.AsSpan(_head, live).CopyTo(_array);
        }
        else
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(SmallestArray, 2 * (live + length)));
            if (_array is not null)
            {
                _array.AsSpan(_head, live).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_array);
            }

            _array = larger;
        }

        _head = 0;
        _tail = live;
    }
}
