namespace Concierge.Protocols.Tests;

/// <summary>A destination with guard bytes on both sides.</summary>
internal sealed class GuardedBuffer
{
    private const int Margin = 32;
    private readonly byte[] _buffer;
    private readonly int _length;

    internal GuardedBuffer(int length)
    {
        _length = length;
        _buffer = new byte[length + (2 * Margin)];
        Array.Fill(_buffer, (byte)0xA5);
    }

    /// <summary>Longer than asked for, so that writing too much is seen instead of refused.</summary>
    internal Span<byte> Span => _buffer.AsSpan(Margin);

    internal byte[] Written()
    {
        Assert.Equal(-1, _buffer.AsSpan(0, Margin).IndexOfAnyExcept((byte)0xA5));
        Assert.Equal(-1, _buffer.AsSpan(Margin + _length).IndexOfAnyExcept((byte)0xA5));
        return _buffer[Margin..(Margin + _length)];
    }
}
