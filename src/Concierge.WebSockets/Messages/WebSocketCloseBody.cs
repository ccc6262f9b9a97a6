using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Concierge.WebSockets;

/// <summary>Parses the body of a close frame (RFC 6455 §5.5.1, §7.4): a pure function.</summary>
public static class WebSocketCloseBody
{
    /// <summary>Parses and checks a close body.</summary>
    /// <param name="body">0 to 125 octets, unmasked.</param>
    /// <param name="code">The code; 1005 when the body is empty.</param>
    /// <param name="reason">The reason; empty when there is none.</param>
    /// <returns>None, CloseTooShort, CloseCodeInvalid or CloseReasonInvalid.</returns>
    public static WebSocketError Parse(ReadOnlySpan<byte> body, out int code, out string reason)
    {
        code = WebSocketErrors.NoStatusReceived;
        reason = "";
        if (body.IsEmpty)
        {
            return WebSocketError.None;
        }

        if (body.Length == 1)
        {
            return WebSocketError.CloseTooShort;
        }

        int received = BinaryPrimitives.ReadUInt16BigEndian(body);
        if (!WebSocketErrors.IsLegalCloseCode(received))
        {
            return WebSocketError.CloseCodeInvalid;
        }

        if (!Utf8.IsValid(body[2..]))
        {
            return WebSocketError.CloseReasonInvalid;
        }

        code = received;
        reason = Encoding.UTF8.GetString(body[2..]);
        return WebSocketError.None;
    }
}
