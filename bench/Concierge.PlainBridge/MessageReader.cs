using System.Buffers;
using System.Net.WebSockets;

namespace Concierge.PlainBridge;

/// <summary>Whole messages of one socket, in a buffer from the pool.</summary>
internal sealed class MessageReader(WebSocket socket) : IDisposable
{
    private const int Limit = 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);

    /// <summary>The next text message, valid until the next call; null when the far end closes.</summary>
    /// <exception cref="WebSocketException">The connection broke, or a message is longer than 1 MiB.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            int length = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                if (length == _buffer.Length)
                {
                    Grow();
                }

                result = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                length += result.Count;
            }
            while (!result.EndOfMessage);

            if (result.MessageType == WebSocketMessageType.Text)
            {
                return _buffer.AsMemory(0, length);
            }
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Grow()
    {
        if (_buffer.Length >= Limit)
        {
            throw new WebSocketException(WebSocketError.HeaderError, "A message is longer than 1 MiB.");
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(2 * _buffer.Length);
        _buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
