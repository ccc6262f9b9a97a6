using System.Buffers;

namespace Concierge.WebSockets;

/// <summary>
/// Rented memory in which a message that spans buffers or frames is put together. What a peer announces reserves 64 KiB at most; beyond that the memory grows with what has
/// arrived.
/// </summary>
/// <remarks>A mutable struct with one owner: <see cref="WebSocketReader"/>.</remarks>
internal struct MessageAssembly
{
    private const int SmallestArray = 2048;
    private const int LargestReserve = 64 * 1024;

    private byte[]? _array;

    public int Length { get; private set; }

    public readonly ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    /// <summary>Room for the next octets of the message, which are part of it when this returns.</summary>
    /// <param name="length">The octets.</param>
    /// <param name="announced">How many more its frame has announced behind them.</param>
    public Span<byte> Extend(int length, int announced)
    {
        int end = Length + length;
        if (_array is null || end > _array.Length)
        {
            Grow(end, (int)Math.Min((long)end + announced, LargestReserve));
        }

        Span<byte> room = _array.AsSpan(Length, length);
        Length = end;
        return room;
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = null;
        }

        Length = 0;
    }

    private void Grow(int needed, int reserve)
    {
        int doubled = (int)Math.Min(2L * Length, Array.MaxLength);
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(SmallestArray, reserve), Math.Max(needed, doubled)));
        if (_array is not null)
        {
            _array.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = larger;
    }
}
