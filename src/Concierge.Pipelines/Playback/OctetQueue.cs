using Concierge.WebSockets;

namespace Concierge.Pipelines.Playback;

/// <summary>
/// A first-in first-out queue of mu-law octets over pooled chunks. Memory follows what is queued: a drained queue holds a chunk or two,
/// a long answer one chunk per 64 ms. Not thread-safe.
/// </summary>
internal sealed class OctetQueue(int capacity)
{
    private const int ChunkSize = OctetChunks.Size;

    private const int SmallestRing = 4;

    private byte[]?[] _chunks = [];             // a ring, its length a power of two: _first is the oldest chunk
    private int _first;
    private int _chunkCount;
    private int _readOffset;                    // into the oldest chunk
    private int _writeOffset;                   // into the newest chunk
    private byte[]? _spare;                     // the last chunk emptied: a queue that fills and drains leaves the others alone

    /// <summary>Octets queued.</summary>
    public int Length { get; private set; }

    /// <summary>Octets that may be queued at most.</summary>
    public int Capacity { get; } = capacity;

    /// <summary>Adds what queueing a frame touches.</summary>
    public void AddTo(WorkingSet set)
    {
        set.Add(this);
        set.Add(_chunks);
    }

    /// <summary>Queues all of <paramref name="octets"/>, or nothing when they do not fit.</summary>
    public bool TryAppend(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > Capacity - Length)
        {
            return false;
        }

        Length += octets.Length;
        while (!octets.IsEmpty)
        {
            if (_chunkCount == 0 || _writeOffset == ChunkSize)
            {
                AddChunk();
            }

            byte[] newest = _chunks[(_first + _chunkCount - 1) & (_chunks.Length - 1)]!;
            int n = Math.Min(octets.Length, ChunkSize - _writeOffset);
            octets[..n].CopyTo(newest.AsSpan(_writeOffset));
            _writeOffset += n;
            octets = octets[n..];
        }

        return true;
    }

    /// <summary>Copies the oldest octets without removing them; the caller has checked that there are enough.</summary>
    /// <param name="destination">Filled whole.</param>
    /// <param name="from">Octets to leave out before.</param>
    public void Peek(Span<byte> destination, int from = 0)
    {
        int offset = (_readOffset + from) % ChunkSize;
        for (int i = (_readOffset + from) / ChunkSize; !destination.IsEmpty; i++)
        {
            byte[] chunk = _chunks[(_first + i) & (_chunks.Length - 1)]!;
            int n = Math.Min(destination.Length, ChunkSize - offset);
            chunk.AsSpan(offset, n).CopyTo(destination);
            destination = destination[n..];
            offset = 0;
        }
    }

    /// <summary>Shows the oldest octets without removing them: where they lie when that is in one chunk, else copied.</summary>
    /// <param name="scratch">As long as what is asked for; the caller has checked that there is enough. Filled where a copy is needed.</param>
    /// <param name="from">Octets to leave out before.</param>
    /// <returns>The octets, until the queue is next changed.</returns>
    public ReadOnlySpan<byte> View(Span<byte> scratch, int from)
    {
        int offset = _readOffset + from;
        if (!scratch.IsEmpty && offset + scratch.Length <= ChunkSize)
        {
            return _chunks[_first].AsSpan(offset, scratch.Length);
        }

        Peek(scratch, from);
        return scratch;
    }

    /// <summary>Removes the oldest <paramref name="count"/> octets.</summary>
    public void Skip(int count)
    {
        Length -= count;
        _readOffset += count;
        while (_readOffset >= ChunkSize)
        {
            _readOffset -= ChunkSize;
            ReleaseFirst();
        }

        if (Length == 0)
        {
            // Start the remaining chunk over, so that a drained queue does not walk into a new one.
            _writeOffset = _chunkCount == 0 ? ChunkSize : 0;
            _readOffset = 0;
        }
    }

    /// <summary>Removes everything and gives every chunk back.</summary>
    public void Clear()
    {
        while (_chunkCount > 0)
        {
            ReleaseFirst();
        }

        if (_spare is not null)
        {
            OctetChunks.Return(_spare);
            _spare = null;
        }

        Length = 0;
        _readOffset = 0;
        _writeOffset = ChunkSize;
    }

    private void AddChunk()
    {
        if (_chunkCount == _chunks.Length)
        {
            var larger = new byte[]?[Math.Max(SmallestRing, _chunks.Length * 2)];
            for (int i = 0; i < _chunkCount; i++)
            {
                larger[i] = _chunks[(_first + i) & (_chunks.Length - 1)];
            }

            _chunks = larger;
            _first = 0;
        }

        _chunks[(_first + _chunkCount) & (_chunks.Length - 1)] = _spare ?? OctetChunks.Rent();
        _spare = null;
        _chunkCount++;
        _writeOffset = 0;
    }

    private void ReleaseFirst()
    {
        if (_spare is null)
        {
            _spare = _chunks[_first];
        }
        else
        {
            OctetChunks.Return(_chunks[_first]!);
        }

        _chunks[_first] = null;
        _first = (_first + 1) & (_chunks.Length - 1);
        _chunkCount--;
    }
}
