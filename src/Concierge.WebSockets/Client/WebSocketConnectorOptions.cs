using System.Net;
using System.Net.Security;

namespace Concierge.WebSockets;

/// <summary>How a <see cref="WebSocketClientConnector"/> dials.</summary>
public sealed record WebSocketConnectorOptions
{
    /// <summary>For resolving and connecting, all addresses (and the proxy's answer) together. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Finds a name's addresses. Default the system's resolver.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = static (host, ct) => Dns.GetHostAddressesAsync(host, ct);

    /// <summary>
    /// How long a name may take to resolve before the addresses that it had at the last connection are used instead; they are used at once when it does not resolve at all.
    /// A name that was never connected to is waited for as long as <see cref="ConnectTimeout"/> allows. Default 1 s.
    /// </summary>
    public TimeSpan ResolvePatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For TLS and the upgrade together. Default 5 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Octets of a response's head. Default 16 KiB.</summary>
    public int MaxResponseHead { get; init; } = 16 * 1024;

    /// <summary>Octets kept of a refusal's body. Default 4 KiB.</summary>
    public int MaxErrorBody { get; init; } = 4 * 1024;

    /// <summary>
    /// How long sent data may stay unacknowledged before the kernel gives the connection up (TCP_USER_TIMEOUT), on platforms that have it. Default 10 s; zero leaves
    /// the platform's own, which is about 15 minutes.
    /// </summary>
    public TimeSpan UnacknowledgedTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The smallest receive buffer in octets; it grows to 64 KiB while messages fill it. Default 4 KiB.</summary>
    public int ReadBufferSize { get; init; } = 4 * 1024;

    /// <summary>
    /// Changes the TLS options before each handshake (trust of a private authority, client certificates). The host name, ALPN http/1.1 and revocation defaults are
    /// set before. Verification is always on unless this turns it off.
    /// </summary>
    public Action<SslClientAuthenticationOptions>? ConfigureTls { get; init; }

    /// <summary>
    /// Names the http proxy for an address, or null for a direct connection. Default <see cref="WebSocketProxy.FromEnvironment(Uri)"/>. Through a proxy the target's name is
    /// resolved by the proxy.
    /// </summary>
    public Func<Uri, Uri?> Proxy { get; init; } = WebSocketProxy.FromEnvironment;

    /// <summary>The clock of the time-outs. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
