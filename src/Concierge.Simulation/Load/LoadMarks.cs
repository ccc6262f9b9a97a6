namespace Concierge.Simulation.Load;

/// <summary>The marks of one call that wait until what they follow has been played, first in, first out. Their names' memory is used again.</summary>
internal sealed class LoadMarks
{
    private Slot[] _ring = new Slot[8];
    private int _first;
    private int _count;

    /// <summary>Adds one.</summary>
    /// <param name="name">Its name, as it stands in the message.</param>
    /// <param name="due">When it has been played.</param>
    public void Add(ReadOnlySpan<byte> name, long due)
    {
        if (_count == _ring.Length)
        {
            Slot[] larger = new Slot[2 * _count];
            for (int i = 0; i < _count; i++)
            {
                larger[i] = _ring[(_first + i) % _count];
            }

            _ring = larger;
            _first = 0;
        }

        ref Slot slot = ref _ring[(_first + _count++) % _ring.Length];
        if (slot.Name is null || slot.Name.Length < name.Length)
        {
            slot.Name = new byte[Math.Max(32, name.Length)];
        }

        name.CopyTo(slot.Name);
        slot.Length = name.Length;
        slot.Due = due;
    }

    /// <summary>Takes the first if it is due.</summary>
    /// <param name="now">The time.</param>
    /// <param name="name">Its name, until the next is added.</param>
    public bool TryTake(long now, out ReadOnlySpan<byte> name)
    {
        if (_count == 0 || _ring[_first].Due > now)
        {
            name = default;
            return false;
        }

        name = _ring[_first].Name.AsSpan(0, _ring[_first].Length);
        _first = (_first + 1) % _ring.Length;
        _count--;
        return true;
    }

    private struct Slot
    {
        public byte[]? Name;
        public int Length;
        public long Due;
    }
}
