namespace Concierge.WebSockets;

/// <summary>Why a client could not connect.</summary>
public enum WebSocketConnectError : byte
{
    /// <summary>No error.</summary>
    None,

    /// <summary>The host's name does not resolve.</summary>
    NameNotResolved,

    /// <summary>No address of the host took the connection.</summary>
    ConnectFailed,

    /// <summary>Resolving and connecting took longer than <see cref="WebSocketConnectorOptions.ConnectTimeout"/>.</summary>
    ConnectTimeout,

    /// <summary>The proxy refused the tunnel or answered nonsense.</summary>
    ProxyRefused,

    /// <summary>TLS failed: certificate, name, protocol, or not TLS at all.</summary>
    TlsFailed,

    /// <summary>TLS and upgrade took longer than <see cref="WebSocketConnectorOptions.HandshakeTimeout"/>.</summary>
    HandshakeTimeout,

    /// <summary>The connection ended or failed during the handshake.</summary>
    ConnectionLost,

    /// <summary>The server answered, and its answer is no upgrade: see <see cref="WebSocketConnectException.HandshakeError"/> and the status.</summary>
    UpgradeRefused,
}
