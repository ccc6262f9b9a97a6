using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;

namespace Concierge.WebSockets;

/// <summary>A socket, plain or under TLS, as a pair of pipes, with the endings that a pipe cannot express: half-close and abort.</summary>
public sealed class WebSocketTransport : IDuplexPipe, IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;
    private int _disposed;

    internal WebSocketTransport(Socket socket, Stream stream, int readBufferSize, bool waitsEmpty = false)
    {
        _socket = socket;
        _stream = stream;
        Input = WebSocketStreams.CreateReader(stream, readBufferSize, waitsEmpty: waitsEmpty);
        Output = WebSocketStreams.CreateWriter(stream);
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>The subprotocol that the server chose, or null.</summary>
    public string? Subprotocol { get; internal set; }

    /// <summary>Wraps a connected socket: the accepting side of a plain listener.</summary>
    /// <param name="socket">A connected stream socket; owned by the transport from here on.</param>
    /// <param name="readBufferSize">The smallest receive buffer in octets; it grows to 64 KiB while messages fill it.</param>
    public static WebSocketTransport FromSocket(Socket socket, int readBufferSize = 4 * 1024)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.NoDelay = true;
        return new WebSocketTransport(socket, new NetworkStream(socket, ownsSocket: false), readBufferSize);
    }

    /// <summary>Wraps a connected socket on an event loop, plain.</summary>
    /// <param name="loop">The loop that waits for it.</param>
    /// <param name="socket">A connected stream socket; owned by the transport from here on.</param>
    public static WebSocketTransport FromSocket(EventLoop loop, Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.NoDelay = true;
        return new WebSocketTransport(socket, LoopStream.Create(loop, socket), 4 * 1024);
    }

    /// <summary>Wraps what lies over a connected socket on an event loop: TLS, as the accepting side.</summary>
    /// <param name="socket">The socket beneath; owned by the transport from here on.</param>
    /// <param name="stream">The stream over a <see cref="LoopStream"/> of that socket; owned too.</param>
    public static WebSocketTransport FromStream(Socket socket, Stream stream) => new(socket, stream, 4 * 1024, waitsEmpty: true);

    /// <summary>Half-closes: tells the far end that nothing more comes, and leaves receiving as it is. Does not throw for a connection that is gone.</summary>
    public async ValueTask ShutdownSendAsync()
    {
        try
        {
            if (_stream is SslStream tls)
            {
                await tls.ShutdownAsync();
            }

            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Already gone: there is nothing left to close.
        }
    }

    /// <summary>
    /// Ends the connection without hurting what is in flight. A server half-closes, discards what still comes until the client closes too, then closes; a client lets the
    /// server close first (RFC 6455 §7.1.1), and closes itself when the server does not. The reader must have been disposed and the writer drained.
    /// </summary>
    /// <param name="role">This side's role.</param>
    /// <param name="timeout">How long the peer may take.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="maxBytes">What is discarded at most.</param>
    /// <returns>Whether the peer closed in time.</returns>
    public async ValueTask<bool> CloseAsync(WebSocketRole role, TimeSpan timeout, TimeProvider timeProvider, long maxBytes = 1024 * 1024)
    {
        if (role == WebSocketRole.Server)
        {
            await ShutdownSendAsync();
        }

        bool clean = await WebSocketClosing.LingerAsync(Input, maxBytes, timeout, timeProvider);
        if (clean && role == WebSocketRole.Client)
        {
            await ShutdownSendAsync();
        }

        await DisposeAsync();
        return clean;
    }

    /// <summary>Drops the connection at once with a reset: what is in flight in either direction is lost, and every pending read and write ends.</summary>
    public void Abort()
    {
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Already gone.
        }

        _socket.Dispose();
    }

    /// <summary>Closes the connection. Pipes that are still open are completed; nobody may be reading or writing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // The stream goes first: a pipe that completes would flush what is left into it, and wait for a peer that does not read.
        if (_stream is LoopStream)
        {
            // It owns the socket, and tells whoever waits for it.
            await _stream.DisposeAsync();
        }

        _socket.Dispose();
        await _stream.DisposeAsync();
        CompleteQuietly();
    }

    private void CompleteQuietly()
    {
        try
        {
            Input.Complete();
            Output.Complete(new ObjectDisposedException(nameof(WebSocketTransport)));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // What was not flushed is lost with the connection.
        }
    }
}
