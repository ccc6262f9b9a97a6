using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Concierge.WebSockets;

/// <summary>The client's side of the opening handshake over any duplex: sends the request, reads and checks the response, leaves what follows it in the pipe.</summary>
public static class WebSocketClientHandshake
{
    /// <summary>Runs the handshake. The caller bounds it in time by the token.</summary>
    /// <param name="duplex">The connection, with nothing sent yet.</param>
    /// <param name="request">What to ask for.</param>
    /// <param name="maxResponseHead">Octets of the response's head.</param>
    /// <param name="maxErrorBody">Octets kept of a refusal's body.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>The subprotocol that the server chose, or null.</returns>
    /// <exception cref="WebSocketConnectException">The answer is no upgrade, or the connection ended before it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async ValueTask<string?> RunAsync(
        IDuplexPipe duplex, WebSocketClientRequest request, int maxResponseHead = 16 * 1024, int maxErrorBody = 4 * 1024, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(duplex);
        ArgumentNullException.ThrowIfNull(request);
        string key = WebSocketHandshake.CreateKey();
        WebSocketHandshake.FormatRequest(duplex.Output, request, key);
        HttpHead head;
        try
        {
            await duplex.Output.FlushAsync(ct);
            (HttpHead? parsed, WebSocketHandshakeError error) = await HttpHeadReader.ReadAsync(duplex.Input, maxResponseHead, isResponse: true, ct);
            head = parsed ?? throw Refused(error, null, "", request);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or System.Net.Sockets.SocketException)
        {
            throw new WebSocketConnectException(WebSocketConnectError.ConnectionLost, $"{request.HostField} dropped the connection during the upgrade.", exception);
        }

        WebSocketHandshakeError verdict = WebSocketHandshake.CheckResponse(head, key, request.Subprotocols, out string? subprotocol);
        if (verdict == WebSocketHandshakeError.None)
        {
            return subprotocol;
        }

        string body = head.Second == "101" ? "" : await ReadBodyAsync(duplex.Input, head, maxErrorBody, ct);
        throw Refused(verdict, head, body, request);
    }

    private static WebSocketConnectException Refused(WebSocketHandshakeError error, HttpHead? head, string body, WebSocketClientRequest request)
    {
        string status = head is null ? "" : $" (HTTP {head.Second} {head.Third})";
        return new WebSocketConnectException(error, head, body, $"{request.HostField} did not upgrade to a WebSocket: {error}{status}.");
    }

    /// <summary>Reads the start of a refusal's body: as much as its length says or the limit allows, or until the connection ends or the time is up.</summary>
    private static async ValueTask<string> ReadBodyAsync(PipeReader input, HttpHead head, int limit, CancellationToken ct)
    {
        if (int.TryParse(head.Find("Content-Length"), out int announced) && announced >= 0)
        {
            limit = Math.Min(limit, announced);
        }

        bool chunked = HttpHead.HasToken(head.Find("Transfer-Encoding"), "chunked");
        try
        {
            while (true)
            {
                ReadResult result = await input.ReadAsync(ct);
                bool enough = result.Buffer.Length >= limit || result.IsCompleted || (chunked && EndsChunks(result.Buffer));
                if (enough)
                {
                    ReadOnlySequence<byte> body = result.Buffer.Slice(0, Math.Min(limit, result.Buffer.Length));
                    byte[] bytes = body.ToArray();
                    input.AdvanceTo(result.Buffer.End);
                    return Encoding.UTF8.GetString(chunked ? Dechunk(bytes) : bytes);
                }

                input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The refusal stands without its body.
            return "";
        }
    }

    private static bool EndsChunks(ReadOnlySequence<byte> buffer)
    {
        ReadOnlySpan<byte> end = "\r\n0\r\n\r\n"u8;
        return buffer.Length >= end.Length && buffer.Slice(buffer.Length - end.Length).ToArray().AsSpan().SequenceEqual(end);
    }

    /// <summary>RFC 9112 §7.1, for a text that people read: stops at the first thing that is not a chunk.</summary>
    private static byte[] Dechunk(ReadOnlySpan<byte> source)
    {
        ArrayBufferWriter<byte> body = new(Math.Max(1, source.Length));
        while (true)
        {
            int line = source.IndexOf("\r\n"u8);
            if (line <= 0 || !System.Buffers.Text.Utf8Parser.TryParse(source[..line], out int size, out _, 'X') || size <= 0)
            {
                return body.WrittenSpan.ToArray();
            }

            source = source[(line + 2)..];
            int length = Math.Min(size, source.Length);
            body.Write(source[..length]);
            source = source[length..];
            if (!source.StartsWith("\r\n"u8))
            {
                return body.WrittenSpan.ToArray();
            }

            source = source[2..];
        }
    }
}
