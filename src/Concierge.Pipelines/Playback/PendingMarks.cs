namespace Concierge.Pipelines.Playback;

/// <summary>The marks that the carrier holds, oldest first. Bounded: a carrier that returns none makes no memory grow.</summary>
internal sealed class PendingMarks
{
    /// <summary>Marks kept at most; a power of two. The window holds about five at the default intervals.</summary>
    internal const int Capacity = 64;

    private const int Usual = 8;

    private Entry[] _ring = new Entry[Usual]; // its length is a power of two
    private int _first;
    private int _count;

    /// <summary>Whether no further mark may be sent.</summary>
    public bool IsFull => _count == Capacity;

    /// <summary>Notes a mark sent behind the audio up to <paramref name="position"/>.</summary>
    public void Add(int sequence, long position)
    {
        if (_count == _ring.Length)
        {
            Grow();
        }

        _ring[(_first + _count) & (_ring.Length - 1)] = new Entry(sequence, position);
        _count++;
    }

    /// <summary>The position of the oldest mark.</summary>
    public bool TryPeek(out long position)
    {
        position = _count > 0 ? _ring[_first].Position : 0;
        return _count > 0;
    }

    /// <summary>Removes the oldest mark.</summary>
    public void Drop()
    {
        _first = (_first + 1) & (_ring.Length - 1);
        _count--;
    }

    /// <summary>Removes this mark and those before it: marks return in order, so an earlier one was lost. False when it is not pending.</summary>
    public bool TryAcknowledge(int sequence, out long position)
    {
        position = 0;
        int ahead = _count == 0 ? -1 : sequence - _ring[_first].Sequence;
        if (ahead < 0 || ahead >= _count)
        {
            return false;
        }

        position = _ring[(_first + ahead) & (_ring.Length - 1)].Position;
        _first = (_first + ahead + 1) & (_ring.Length - 1);
        _count -= ahead + 1;
        return true;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _count = 0;

    private void Grow()
    {
        var larger = new Entry[_ring.Length * 2];
        for (int i = 0; i < _count; i++)
        {
            larger[i] = _ring[(_first + i) & (_ring.Length - 1)];
        }

        _ring = larger;
        _first = 0;
    }

    private readonly record struct Entry(int Sequence, long Position);
}
