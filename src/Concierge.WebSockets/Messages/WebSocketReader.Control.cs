using System.Buffers;

namespace Concierge.WebSockets;

/// <content>Control frames, and the ends that they and errors make.</content>
public sealed partial class WebSocketReader
{
    private const int MaxControlPayload = 125;

    private bool _owesFlush;

    /// <summary>Handles a control frame that is buffered whole; true when the consumer must hear of it.</summary>
    private bool TakeControl(in WebSocketFrameHeader header, out WebSocketReadStatus status)
    {
        Span<byte> payload = stackalloc byte[MaxControlPayload];
        int length = (int)header.PayloadLength;
        payload = payload[..length];
        int start = _offset + header.HeaderLength;
        if (_current.Length - start >= length)
        {
            _current.Span.Slice(start, length).CopyTo(payload);
            _offset = start + length;
        }
        else
        {
            _buffer.Slice(start, length).CopyTo(payload);
            Skip(header.HeaderLength + length);
        }

        WebSocketMask.Apply(payload, header.MaskKey);
        _framesReceived++;
        status = default;
        switch (header.Opcode)
        {
            case WebSocketOpcode.Ping:
                // §5.5.2: answered as soon as is practical, with the ping's payload.
                _writer?.AppendPong(payload);
                _owesFlush = true;
                return false;
            case WebSocketOpcode.Close:
                status = TakeClose(payload);
                return true;
            default:
                // §5.5.3: an unsolicited pong needs no answer.
                return false;
        }
    }

    private WebSocketReadStatus TakeClose(ReadOnlySpan<byte> body)
    {
        WebSocketError error = WebSocketCloseBody.Parse(body, out int code, out string reason);
        if (error != WebSocketError.None)
        {
            return Reject(error);
        }

        CloseCode = code;
        CloseReason = reason;

        // §5.5.1: answered with a close of the same code, unless one was sent before.
        _writer?.BeginClose(code, "", dropMedia: true);
        _owesFlush = true;
        End(WebSocketReadStatus.EndOfStream, WebSocketError.None);
        return WebSocketReadStatus.Close;
    }

    /// <summary>§7.1.7: fails the connection; nothing more is parsed.</summary>
    private WebSocketReadStatus Reject(WebSocketError error)
    {
        _writer?.BeginClose(WebSocketErrors.CloseCode(error), "", dropMedia: true);
        _owesFlush = true;
        _payload = default;
        return End(WebSocketReadStatus.Error, error);
    }
}
