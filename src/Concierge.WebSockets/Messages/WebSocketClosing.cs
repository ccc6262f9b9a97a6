using System.IO.Pipelines;

namespace Concierge.WebSockets;

/// <summary>Orderly endings, each bounded in time: the close handshake, and the drain after an error close.</summary>
public static class WebSocketClosing
{
    /// <summary>
    /// Closes from this side (RFC 6455 §7.1.2): sends a close frame behind what was taken, then discards messages until the peer's close, an error or the end. To
    /// be called by the reader's one consumer, with no read pending.
    /// </summary>
    /// <param name="reader">The reader.</param>
    /// <param name="writer">The writer.</param>
    /// <param name="code">As <see cref="WebSocketWriter.CloseAsync"/>.</param>
    /// <param name="reason">As <see cref="WebSocketWriter.CloseAsync"/>.</param>
    /// <param name="timeout">For the whole handshake, a peer that reads nothing included.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <returns>Whether the peer's close frame came, before or in time: the connection was closed cleanly (§7.1.4).</returns>
    public static async ValueTask<bool> CloseAsync(
        WebSocketReader reader, WebSocketWriter writer, int code, string reason, TimeSpan timeout, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(writer);
        using CancellationTokenSource time = new(timeout, timeProvider);
        try
        {
            await writer.CloseAsync(code, reason, time.Token);
            while (true)
            {
                switch (await reader.ReadPieceAsync(time.Token))
                {
                    case WebSocketReadStatus.Close:
                        return true;
                    case WebSocketReadStatus.Error:
                        return false;
                    case WebSocketReadStatus.EndOfStream:
                        // Clean also when the peer's close was read before this side wished to.
                        return reader.CloseCode != WebSocketErrors.AbnormalClosure;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// After this side's sending direction was shut: reads and discards until the peer closes its own, so that dropping the socket does not reset the connection
    /// and with it what is still on its way to the peer (RFC 6455 §7.1.1). The reader must have been disposed.
    /// </summary>
    /// <param name="input">The connection's raw input.</param>
    /// <param name="maxBytes">What is discarded at most.</param>
    /// <param name="timeout">How long it lasts at most.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <returns>Whether the peer closed within the bounds.</returns>
    public static async ValueTask<bool> LingerAsync(PipeReader input, long maxBytes, TimeSpan timeout, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(input);
        using CancellationTokenSource time = new(timeout, timeProvider);
        try
        {
            while (true)
            {
                ReadResult result = await input.ReadAsync(time.Token);
                maxBytes -= result.Buffer.Length;
                input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    return true;
                }

                if (maxBytes < 0)
                {
                    return false;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            return false;
        }
    }
}
