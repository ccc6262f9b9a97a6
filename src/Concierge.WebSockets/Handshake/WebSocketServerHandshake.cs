using System.IO.Pipelines;

namespace Concierge.WebSockets;

/// <summary>The server's side of the opening handshake over any duplex, for a plain listener without an HTTP server around it.</summary>
public static class WebSocketServerHandshake
{
    /// <summary>Reads the request, checks it, answers it. The caller bounds it in time by the token, and closes the connection when it was refused.</summary>
    /// <param name="duplex">The accepted connection.</param>
    /// <param name="supported">The server's subprotocols, the preferred first.</param>
    /// <param name="maxRequestHead">Octets of the request's head.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>The request, null when none could be parsed, and the decision that was answered.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="IOException">The connection failed.</exception>
    public static async ValueTask<(HttpHead? Request, WebSocketUpgradeDecision Decision)> RunAsync(
        IDuplexPipe duplex, IReadOnlyList<string>? supported = null, int maxRequestHead = 8 * 1024, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(duplex);
        (HttpHead? head, WebSocketHandshakeError error) = await HttpHeadReader.ReadAsync(duplex.Input, maxRequestHead, isResponse: false, ct);
        WebSocketUpgradeDecision decision = head is null ? WebSocketServerUpgrade.Refuse(error) : WebSocketServerUpgrade.Check(head, [.. supported ?? []]);
        if (error != WebSocketHandshakeError.EndedEarly)
        {
            WebSocketHandshake.FormatResponse(duplex.Output, in decision);
            await duplex.Output.FlushAsync(ct);
        }

        return (head, decision);
    }
}
