namespace Concierge.WebSockets;

/// <summary>The server's checks of an upgrade request (RFC 6455 §4.2.1): pure functions, for any HTTP server's request.</summary>
/// <remarks>Kestrel lets HTTP/1.0 and foreign versions through to the upgrade feature: these checks come before it is used. Extensions are never accepted.</remarks>
public static class WebSocketServerUpgrade
{
    /// <summary>Decides on a request. Repeated fields come joined by commas, absent ones as null or empty.</summary>
    /// <param name="method">The method.</param>
    /// <param name="httpVersion">"HTTP/1.1"; higher versions upgrade by another way and are refused here too.</param>
    /// <param name="connection">The Connection field.</param>
    /// <param name="upgrade">The Upgrade field.</param>
    /// <param name="key">The Sec-WebSocket-Key field.</param>
    /// <param name="version">The Sec-WebSocket-Version field.</param>
    /// <param name="offered">The Sec-WebSocket-Protocol field.</param>
    /// <param name="supported">The server's subprotocols, the preferred first; empty for none.</param>
    public static WebSocketUpgradeDecision Check(
        string method,
        string httpVersion,
        string? connection,
        string? upgrade,
        string? key,
        string? version,
        string? offered = null,
        params ReadOnlySpan<string> supported)
    {
        if (httpVersion != "HTTP/1.1")
        {
            return Refuse(WebSocketHandshakeError.HttpVersionTooOld, 505);
        }

        if (!string.Equals(method, "GET", StringComparison.Ordinal))
        {
            return Refuse(WebSocketHandshakeError.MethodNotGet, 405, "Allow", "GET");
        }

        if (!HttpHead.HasToken(upgrade, "websocket"))
        {
            return Refuse(WebSocketHandshakeError.UpgradeMissing, 426, "Upgrade", "websocket");
        }

        if (!HttpHead.HasToken(connection, "Upgrade"))
        {
            return Refuse(WebSocketHandshakeError.ConnectionMissing, 400);
        }

        if (version != WebSocketHandshake.Version)
        {
            // §4.4: the refusal names the versions that are understood.
            return Refuse(WebSocketHandshakeError.VersionUnsupported, 426, "Sec-WebSocket-Version", WebSocketHandshake.Version);
        }

        if (!WebSocketHandshake.IsValidKey(key))
        {
            return Refuse(WebSocketHandshakeError.KeyInvalid, 400);
        }

        string? chosen = null;
        foreach (string name in supported)
        {
            if (HasSubprotocol(offered, name))
            {
                chosen = name;
                break;
            }
        }

        return new WebSocketUpgradeDecision(WebSocketHandshake.ComputeAccept(key!), chosen);
    }

    /// <summary>Decides on a parsed request head, the Host field included.</summary>
    /// <param name="request">The head.</param>
    /// <param name="supported">The server's subprotocols, the preferred first.</param>
    public static WebSocketUpgradeDecision Check(HttpHead request, params ReadOnlySpan<string> supported)
    {
        ArgumentNullException.ThrowIfNull(request);
        WebSocketUpgradeDecision decision = Check(
            request.First,
            request.Third,
            request.Find("Connection"),
            request.Find("Upgrade"),
            request.Find("Sec-WebSocket-Key"),
            request.Find("Sec-WebSocket-Version"),
            request.Find("Sec-WebSocket-Protocol"),
            supported);
        return decision.IsAccepted && request.CountOf("Host") != 1 ? Refuse(WebSocketHandshakeError.HostMissing, 400) : decision;
    }

    /// <summary>The refusal of a head that could not be parsed.</summary>
    /// <param name="error">Malformed, HeadTooLarge or EndedEarly.</param>
    public static WebSocketUpgradeDecision Refuse(WebSocketHandshakeError error) =>
        Refuse(error, error == WebSocketHandshakeError.HeadTooLarge ? 431 : 400);

    private static WebSocketUpgradeDecision Refuse(WebSocketHandshakeError error, int status, string? name = null, string? value = null) =>
        new(error, status, name, value);

    /// <summary>Subprotocol names compare exactly (§4.1, 10), unlike the tokens of the other fields.</summary>
    private static bool HasSubprotocol(string? offered, string name)
    {
        if (offered is null)
        {
            return false;
        }

        foreach (Range range in offered.AsSpan().Split(','))
        {
            if (offered.AsSpan()[range].Trim(" \t").SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }
}
