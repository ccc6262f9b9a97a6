using System.Net.Sockets;

namespace Concierge.WebSockets;

/// <summary>A non-blocking socket on an <see cref="EventLoop"/>, edge-triggered: told once when octets, or room for them, have come since the last attempt.</summary>
/// <remarks>
/// The handlers run on the loop's thread and must not block. The loop keeps the socket until it is disposed. The <see cref="System.Net.Sockets.Socket"/>'s own asynchronous
/// operations must not be used: they would have a second engine wake up for every octet.
/// </remarks>
public abstract class LoopSocket : IDisposable
{
    private const int GetFlags = 3;
    private const int SetFlags = 4;

    private readonly SafeSocketHandle _handle;
    private int _disposed;

    /// <summary>Puts a socket on a loop; events come after <see cref="Register"/>.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="socket">The socket; owned from here on.</param>
    protected LoopSocket(EventLoop loop, Socket socket)
    {
        ArgumentNullException.ThrowIfNull(loop);
        ArgumentNullException.ThrowIfNull(socket);
        Loop = loop;
        Socket = socket;
        _handle = socket.SafeHandle;
        int flags = LinuxNative.FileControl(_handle, GetFlags, 0);
        if ((flags & LinuxNative.NonBlocking) == 0)
        {
            LinuxNative.FileControl(_handle, SetFlags, flags | LinuxNative.NonBlocking);
        }
    }

    /// <summary>The loop whose thread runs the handlers.</summary>
    public EventLoop Loop { get; }

    /// <summary>The socket, for its options.</summary>
    public Socket Socket { get; }

    /// <summary>Whether it was disposed.</summary>
    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>The loop's slot for it.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>Which tenant of the slot it is.</summary>
    internal int Generation { get; set; }

    internal SafeSocketHandle Handle => _handle;

    /// <summary>Closes the socket; the loop forgets it. Any thread.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Loop.Forget(this);
            Socket.Dispose();
            OnClosed();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Called by the loop.</summary>
    /// <param name="readable">Octets, the end or an error are there to be received.</param>
    /// <param name="writable">There is room again, or an error.</param>
    /// <param name="ended">The peer has ended its direction, or the connection is broken: the octets that are left end with it, and no further event comes.</param>
    protected internal abstract void OnReady(bool readable, bool writable, bool ended);

    /// <summary>Starts the events; the first tells what is so already.</summary>
    protected void Register() => Loop.Register(this);

    /// <summary>Has the loop fetch what the handling of this socket's octets touches, ahead of each wake-up; while it is registered. A later call replaces the set.</summary>
    /// <param name="set">The objects; read here and not kept.</param>
    protected void Prepare(WorkingSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        WorkingSet whole = new();
        whole.Add(this);
        whole.Add(_handle);
        whole.AddAll(set);
        Loop.Prepare(this, whole);
    }

    /// <summary>Called once, by whoever disposes.</summary>
    protected virtual void OnClosed()
    {
    }

    /// <summary>Receives what is there.</summary>
    /// <returns>Octets; 0 at the end of the stream; -1 when there are none yet.</returns>
    /// <exception cref="SocketException">The connection failed.</exception>
    protected int Receive(Span<byte> buffer)
    {
        while (true)
        {
            nint received = LinuxNative.Receive(_handle, buffer, 0);
            switch (received)
            {
                case >= 0:
                    return (int)received;
                case -LinuxNative.WouldBlock:
                    return -1;
                case -LinuxNative.Interrupted:
                    continue;
                default:
                    throw Failure((int)-received);
            }
        }
    }

    /// <summary>Sends as much as there is room for.</summary>
    /// <returns>Octets taken; 0 when there is no room yet.</returns>
    /// <exception cref="SocketException">The connection failed.</exception>
    protected int Send(ReadOnlySpan<byte> buffer)
    {
        while (true)
        {
            nint sent = LinuxNative.Send(_handle, buffer, LinuxNative.NoSignal);
            switch (sent)
            {
                case >= 0:
                    return (int)sent;
                case -LinuxNative.WouldBlock:
                    return 0;
                case -LinuxNative.Interrupted:
                    continue;
                default:
                    throw Failure((int)-sent);
            }
        }
    }

    /// <summary>A system error as .NET names it.</summary>
    internal static SocketException Failure(int error) => new((int)(error switch
    {
        104 => SocketError.ConnectionReset,
        32 => SocketError.Shutdown,
        103 => SocketError.ConnectionAborted,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        113 => SocketError.HostUnreachable,
        101 => SocketError.NetworkUnreachable,
        107 => SocketError.NotConnected,
        98 => SocketError.AddressAlreadyInUse,
        99 => SocketError.AddressNotAvailable,
        13 or 1 => SocketError.AccessDenied,
        24 or 23 => SocketError.TooManyOpenSockets,
        9 => SocketError.OperationAborted,
        _ => SocketError.SocketError,
    }));
}
