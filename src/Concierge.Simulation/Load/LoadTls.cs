using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Concierge.WebSockets;

namespace Concierge.Simulation.Load;

/// <summary>The generator's connections under TLS, upgraded.</summary>
/// <param name="loop">The generator's loop.</param>
/// <param name="certificate">The Realtime server's, trusted by the callers too; null where only a caller needs TLS.</param>
/// <param name="over">Ends what is begun and not finished.</param>
internal sealed class LoadTls(EventLoop loop, X509Certificate2? certificate, CancellationToken over)
{
    private readonly WebSocketClientConnector _connector = new(new WebSocketConnectorOptions
    {
        ConnectTimeout = TimeSpan.FromSeconds(10),
        HandshakeTimeout = TimeSpan.FromSeconds(10),
        UnacknowledgedTimeout = TimeSpan.Zero,
        Proxy = static _ => null,
        ConfigureTls = certificate?.GetCertHashString() is not { } known ? null : tls => tls.RemoteCertificateValidationCallback =
            (_, shown, _, errors) => errors == SslPolicyErrors.None || shown?.GetCertHashString() == known,
    });

    private readonly List<WebSocketTransport> _transports = [];

    /// <summary>Dials.</summary>
    /// <exception cref="WebSocketConnectException">The call was refused or failed.</exception>
    public async Task<WebSocketTransport> ConnectAsync(WebSocketClientRequest request)
    {
        WebSocketTransport transport = await _connector.ConnectAsync(request, loop, over);
        Add(transport);
        return transport;
    }

    /// <summary>Answers; null when the request was not for the Realtime API.</summary>
    public async Task<WebSocketTransport?> AcceptAsync(Socket socket)
    {
        SslStream tls = new(LoopStream.Create(loop, socket));
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, over);
        WebSocketTransport transport = WebSocketTransport.FromStream(socket, tls);
        Add(transport);
        (_, WebSocketUpgradeDecision decision) = await WebSocketServerHandshake.RunAsync(transport, ["realtime"], ct: over);
        if (decision.IsAccepted)
        {
            return transport;
        }

        await CloseAsync(transport);
        return null;
    }

    /// <summary>Closes one that has ended.</summary>
    public async Task CloseAsync(WebSocketTransport transport)
    {
        lock (_transports)
        {
            _transports.Remove(transport);
        }

        await transport.DisposeAsync();
    }

    /// <summary>Closes those that are left.</summary>
    public async Task CloseAllAsync()
    {
        WebSocketTransport[] left;
        lock (_transports)
        {
            left = [.. _transports];
        }

        foreach (WebSocketTransport transport in left)
        {
            await transport.DisposeAsync();
        }
    }

    private void Add(WebSocketTransport transport)
    {
        lock (_transports)
        {
            _transports.Add(transport);
        }
    }
}
