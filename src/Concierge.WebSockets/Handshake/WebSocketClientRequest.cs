namespace Concierge.WebSockets;

/// <summary>What a client asks for: address, fields, subprotocols.</summary>
public sealed record WebSocketClientRequest
{
    private readonly Uri _uri;

    /// <summary>Creates a request.</summary>
    /// <param name="uri">An absolute ws or wss address without user information or fragment (RFC 6455 §3).</param>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public WebSocketClientRequest(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (!uri.IsAbsoluteUri || uri.Scheme is not ("ws" or "wss") || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0 || uri.Host.Length == 0)
        {
            throw new ArgumentException("A WebSocket address is absolute, its scheme is ws or wss, and it has neither user information nor a fragment.", nameof(uri));
        }

        _uri = uri;
    }

    /// <summary>The address.</summary>
    public Uri Uri => _uri;

    /// <summary>Further fields of the request, Authorization for example. The handshake's own (Host, Upgrade, Connection, Sec-WebSocket-*) are refused.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Subprotocols offered, the preferred first.</summary>
    public IReadOnlyList<string> Subprotocols { get; init; } = [];

    /// <summary>Whether the address asks for TLS.</summary>
    public bool IsSecure => _uri.Scheme == "wss";

    /// <summary>The port, 80 or 443 by default.</summary>
    public int Port => _uri.Port > 0 ? _uri.Port : IsSecure ? 443 : 80;

    /// <summary>The Host field: the port only when it is not the scheme's own (§4.1, 4).</summary>
    internal string HostField
    {
        get
        {
            string host = _uri.HostNameType == UriHostNameType.IPv6 ? _uri.Host : _uri.IdnHost;
            return Port == (IsSecure ? 443 : 80) ? host : $"{host}:{Port}";
        }
    }
}
