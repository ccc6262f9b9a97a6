using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Concierge.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Concierge.Server.Node.Engine;

/// <summary>One accepted connection, as Kestrel wants it while it speaks HTTP and as a call wants it afterwards.</summary>
internal sealed class LoopConnection : ConnectionContext, IDuplexPipe
{
    private readonly LoopStream _bottom;
    private readonly Stream _top;
    private readonly LoopServerInput _input;
    private readonly CancellationTokenSource _closed = new();
    private int _disposed;

    /// <param name="bottom">The socket.</param>
    /// <param name="top">It, or TLS over it.</param>
    public LoopConnection(LoopStream bottom, Stream top)
    {
        _bottom = bottom;
        _top = top;
        _input = new LoopServerInput(WebSocketStreams.CreateReader(top, waitsEmpty: true));

        // Kestrel's writer keeps pieces of the buffer while it asks for more, which the project's own does not allow.
        Output = PipeWriter.Create(top, new StreamPipeWriterOptions(leaveOpen: true));
        Transport = this;
        Features.Set(this);
        LocalEndPoint = bottom.Socket.LocalEndPoint;
        RemoteEndPoint = bottom.Socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
    }

    public override string ConnectionId { get; set; } = "";

    public override IFeatureCollection Features { get; } = new FeatureCollection(4);

    public override IDictionary<object, object?> Items { get; set; } = null!;

    public override IDuplexPipe Transport { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public PipeReader Input => _input;

    public PipeWriter Output { get; }

    /// <summary>The loop that the connection is on.</summary>
    public EventLoop Loop => _bottom.Loop;

    /// <summary>
    /// The connection without the server around it, once its upgrade has been answered. It is the caller's to close; the server may end its request, and forgets what it held.
    /// </summary>
    public LoopCarrier TakeOver() =>
        new(_bottom, _top, _input.Detach() ?? throw new InvalidOperationException("The connection was taken over before."));

    /// <summary>
    /// Whether the client has closed its side. Nobody reads while a request is worked on, so this has to be asked; a TLS client says so in an alert (RFC 8446 §6.1), which no
    /// request begins with.
    /// </summary>
    public bool IsClientGone()
    {
        const byte Alert = 21;
        byte[] next = new byte[1];
        try
        {
            if (!_bottom.Socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            {
                return false;
            }

            // There is something to read, so that this is done at once; what it reads stays.
            ValueTask<int> peek = _bottom.Socket.ReceiveAsync(next.AsMemory(), SocketFlags.Peek);
            return peek.IsCompleted && (peek.GetAwaiter().GetResult() == 0 || next[0] == Alert);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    public override void Abort(ConnectionAbortedException abortReason) => Close();

    public override ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (!_input.IsDetached)
        {
            Close(_bottom, _top);
        }

        _closed.Cancel();
    }

    /// <summary>Closes a connection, once or again.</summary>
    /// <param name="bottom">The socket.</param>
    /// <param name="top">It, or TLS over it.</param>
    internal static void Close(LoopStream bottom, Stream top)
    {
        try
        {
            bottom.Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }

        top.Dispose();
        bottom.Dispose();
    }
}
