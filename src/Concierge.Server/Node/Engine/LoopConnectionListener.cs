using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Concierge.WebSockets;
using Microsoft.AspNetCore.Connections;

namespace Concierge.Server.Node.Engine;

/// <summary>Accepts on the first loop, spreads over all of them, and speaks TLS where it is asked for.</summary>
internal sealed class LoopConnectionListener : IConnectionListener
{
    /// <summary>TLS handshakes at a time: Kestrel's limit of connections counts only what has come through one.</summary>
    internal const int MaxHandshakes = 1_024;

    private static readonly TimeSpan s_handshakeLimit = TimeSpan.FromSeconds(10);

    private readonly NodeLoops _loops;
    private readonly X509Certificate2? _certificate;
    private readonly LoopListener _listener;
    private int _handshakes;

    // Bounded by the kernel's backlog and Kestrel's own limit of connections: what is accepted is taken out at once.
    private readonly Channel<LoopConnection> _accepted = Channel.CreateUnbounded<LoopConnection>(new UnboundedChannelOptions { SingleReader = true });

    public LoopConnectionListener(NodeLoops loops, IPEndPoint endPoint, X509Certificate2? certificate)
    {
        _loops = loops;
        _certificate = certificate;
        _listener = LoopListener.Start(loops.All[0], endPoint, Accept);
        EndPoint = _listener.EndPoint;
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _accepted.Reader.WaitToReadAsync(cancellationToken) && _accepted.Reader.TryRead(out LoopConnection? connection) ? connection : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _listener.Dispose();
        _accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    private void Accept(Socket socket)
    {
        LoopStream stream;
        try
        {
            stream = LoopStream.Create(_loops.Next(), socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return;
        }

        if (_certificate is null)
        {
            Offer(stream, stream);
        }
        else if (Interlocked.Increment(ref _handshakes) > MaxHandshakes)
        {
            Interlocked.Decrement(ref _handshakes);
            stream.Dispose();
        }
        else
        {
            _ = SecureAsync(stream, _certificate);
        }
    }

    private async Task SecureAsync(LoopStream stream, X509Certificate2 certificate)
    {
        SslStream tls = new(stream, leaveInnerStreamOpen: false);
        try
        {
            using CancellationTokenSource limit = new(s_handshakeLimit);
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = certificate, ApplicationProtocols = [SslApplicationProtocol.Http11] }, limit.Token);
            Offer(stream, tls);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // Whoever it was does not speak TLS with us.
            await tls.DisposeAsync();
        }
        finally
        {
            Interlocked.Decrement(ref _handshakes);
        }
    }

    private void Offer(LoopStream stream, Stream top)
    {
        if (!_accepted.Writer.TryWrite(new LoopConnection(stream, top)))
        {
            top.Dispose();
        }
    }
}
