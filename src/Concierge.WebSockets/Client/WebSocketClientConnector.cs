using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Concierge.WebSockets;

/// <summary>Dials a WebSocket server: resolves, connects, TLS, upgrade, each bounded in time. Redirects are refused, never followed.</summary>
/// <remarks>Thread-safe; holds no connection, and remembers which addresses answered.</remarks>
public sealed class WebSocketClientConnector
{
    private readonly WebSocketConnectorOptions _options;
    private readonly ConcurrentDictionary<string, IPAddress[]> _lastGood = new(StringComparer.OrdinalIgnoreCase); // one or two names in a node's life

    /// <summary>Creates a connector.</summary>
    /// <param name="options">How to dial; defaults when null.</param>
    public WebSocketClientConnector(WebSocketConnectorOptions? options = null) => _options = options ?? new WebSocketConnectorOptions();

    /// <summary>Connects and upgrades.</summary>
    /// <param name="request">What to ask for.</param>
    /// <param name="ct">Ends the attempt.</param>
    /// <returns>The upgraded connection; frames that came with the response are already in its input.</returns>
    /// <exception cref="WebSocketConnectException">The attempt failed; see its error.</exception>
    /// <exception cref="OperationCanceledException">Cancelled by <paramref name="ct"/>; time-outs are WebSocketConnectException.</exception>
    public ValueTask<WebSocketTransport> ConnectAsync(WebSocketClientRequest request, CancellationToken ct = default) => ConnectAsync(request, null, ct);

    /// <summary>Connects and upgrades, the connection on an event loop. One that goes through a proxy is on none.</summary>
    /// <param name="request">What to ask for.</param>
    /// <param name="loop">The loop that waits for the connection; null for the platform's own engine.</param>
    /// <param name="ct">Ends the attempt.</param>
    /// <returns>As <see cref="ConnectAsync(WebSocketClientRequest, CancellationToken)"/>.</returns>
    /// <exception cref="WebSocketConnectException">The attempt failed; see its error.</exception>
    /// <exception cref="OperationCanceledException">Cancelled by <paramref name="ct"/>; time-outs are WebSocketConnectException.</exception>
    public async ValueTask<WebSocketTransport> ConnectAsync(WebSocketClientRequest request, EventLoop? loop, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        (Socket socket, Stream stream) = await DialAsync(request, loop, ct);
        WebSocketTransport? transport = null;
        bool waitsEmpty = stream is LoopStream;
        try
        {
            using CancellationTokenSource timeout = new(_options.HandshakeTimeout, _options.TimeProvider);
            using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
            try
            {
                if (request.IsSecure)
                {
                    stream = await AuthenticateAsync(stream, request, both.Token);
                }

                transport = new WebSocketTransport(socket, stream, _options.ReadBufferSize, waitsEmpty);
                transport.Subprotocol = await WebSocketClientHandshake.RunAsync(
                    transport, request, _options.MaxResponseHead, _options.MaxErrorBody, both.Token);
                return transport;
            }
            catch (OperationCanceledException exception) when (!ct.IsCancellationRequested)
            {
                throw new WebSocketConnectException(
                    WebSocketConnectError.HandshakeTimeout, $"{request.HostField} did not finish the handshake within {_options.HandshakeTimeout.TotalSeconds:0.#} s.", exception);
            }
        }
        catch
        {
            socket.Dispose();
            await (transport?.DisposeAsync() ?? stream.DisposeAsync());
            throw;
        }
    }

    private async ValueTask<(Socket Socket, Stream Stream)> DialAsync(WebSocketClientRequest request, EventLoop? loop, CancellationToken ct)
    {
        using CancellationTokenSource timeout = new(_options.ConnectTimeout, _options.TimeProvider);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        Uri? proxy = _options.Proxy(request.Uri);
        try
        {
            if (proxy is null && loop is not null)
            {
                LoopStream stream = await ConnectAnyAsync(request.Uri.IdnHost, request.Port, (end, token) => ConnectOneAsync(loop, end, token), both.Token);
                return (stream.Socket, stream);
            }

            if (proxy is null)
            {
                Socket direct = await ConnectAnyAsync(request.Uri.IdnHost, request.Port, ConnectOneAsync, both.Token);
                return (direct, new NetworkStream(direct, ownsSocket: false));
            }

            Socket socket = await ConnectAnyAsync(proxy.IdnHost, proxy.Port, ConnectOneAsync, both.Token);
            try
            {
                await ProxyTunnel.OpenAsync(socket, proxy, request.Uri.IdnHost, request.Port, _options.MaxResponseHead, both.Token);
                return (socket, new NetworkStream(socket, ownsSocket: false));
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        catch (OperationCanceledException exception) when (!ct.IsCancellationRequested)
        {
            throw new WebSocketConnectException(
                WebSocketConnectError.ConnectTimeout, $"{request.HostField} did not connect within {_options.ConnectTimeout.TotalSeconds:0.#} s.", exception);
        }
    }

    /// <summary>A name's addresses; those of the last connection where the resolver fails or takes its time, so that a resolver's outage is not the node's.</summary>
    private async ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
    {
        if (IPAddress.TryParse(host, out IPAddress? literal))
        {
            return [literal];
        }

        _lastGood.TryGetValue(host, out IPAddress[]? known);
        try
        {
            Task<IPAddress[]> resolving = _options.Resolve(host, ct);
            if (known is not null && !await IsDoneInTimeAsync(resolving, ct))
            {
                return known;
            }

            IPAddress[] addresses = await resolving;
            if (addresses.Length > 0)
            {
                return HappyEyeballs.Order(addresses);
            }
        }
        catch (SocketException exception)
        {
            return known ?? throw new WebSocketConnectException(WebSocketConnectError.NameNotResolved, $"The name {host} does not resolve.", exception);
        }

        return known ?? throw new WebSocketConnectException(WebSocketConnectError.NameNotResolved, $"The name {host} has no address.");
    }

    private async Task<bool> IsDoneInTimeAsync(Task<IPAddress[]> resolving, CancellationToken ct)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(resolving, Task.Delay(_options.ResolvePatience, _options.TimeProvider, over.Token));
        await over.CancelAsync();
        ct.ThrowIfCancellationRequested();
        if (resolving.IsCompleted)
        {
            return true;
        }

        _ = resolving.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return false;
    }

    private async ValueTask<TConnection> ConnectAnyAsync<TConnection>(
        string host, int port, Func<IPEndPoint, CancellationToken, Task<TConnection>> connect, CancellationToken ct)
        where TConnection : IDisposable
    {
        IPAddress[] addresses = await ResolveAsync(host, ct);
        try
        {
            TConnection connection = await HappyEyeballs.ConnectAsync(addresses, (address, token) => connect(new IPEndPoint(address, port), token), _options.TimeProvider, ct);
            _lastGood[host] = addresses;
            return connection;
        }
        catch (SocketException exception)
        {
            throw new WebSocketConnectException(WebSocketConnectError.ConnectFailed, $"{host}:{port} took no connection: {exception.Message}", exception);
        }
    }

    private async Task<LoopStream> ConnectOneAsync(EventLoop loop, IPEndPoint end, CancellationToken ct)
    {
        Socket? socket = null;
        try
        {
            socket = DescriptorReserve.CreateSocket(end.AddressFamily);
            socket.NoDelay = true;
            SetUnacknowledgedTimeout(socket);
            return await loop.ConnectAsync(socket, end, ct);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private async Task<Socket> ConnectOneAsync(IPEndPoint end, CancellationToken ct)
    {
        Socket? socket = null;
        try
        {
            socket = DescriptorReserve.CreateSocket(end.AddressFamily);
            socket.NoDelay = true;
            SetUnacknowledgedTimeout(socket);
            await socket.ConnectAsync(end, ct);
            return socket;
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private void SetUnacknowledgedTimeout(Socket socket)
    {
        if (OperatingSystem.IsLinux() && _options.UnacknowledgedTimeout > TimeSpan.Zero)
        {
            const int TcpLevel = 6;
            const int TcpUserTimeout = 18;
            Span<byte> milliseconds = stackalloc byte[4];
            BitConverter.TryWriteBytes(milliseconds, (int)_options.UnacknowledgedTimeout.TotalMilliseconds);
            socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, milliseconds);
        }
    }

    private async ValueTask<Stream> AuthenticateAsync(Stream stream, WebSocketClientRequest request, CancellationToken ct)
    {
        SslClientAuthenticationOptions options = new()
        {
            TargetHost = request.Uri.IdnHost,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
        _options.ConfigureTls?.Invoke(options);
        SslStream tls = new(stream, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(options, ct);
            return tls;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            await tls.DisposeAsync();
            throw new WebSocketConnectException(WebSocketConnectError.TlsFailed, $"TLS with {request.HostField} failed: {exception.Message}", exception);
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }
}
