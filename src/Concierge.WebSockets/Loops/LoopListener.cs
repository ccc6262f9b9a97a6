using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Concierge.WebSockets;

/// <summary>Accepts connections on an <see cref="EventLoop"/>.</summary>
public sealed class LoopListener : LoopSocket, IEventLoopWork
{
    // Then the connections that run already have their turn.
    private const int PerRound = 16;

    private readonly Action<Socket> _accepted;
    private Timer? _again; // only ever in a process whose descriptors have run out

    private LoopListener(EventLoop loop, Socket socket, Action<Socket> accepted)
        : base(loop, socket)
    {
        _accepted = accepted;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>Where it listens, with the port that was truly taken.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Listens.</summary>
    /// <param name="loop">The loop that accepts.</param>
    /// <param name="endPoint">Where; port 0 takes any.</param>
    /// <param name="accepted">Takes each connection, on the loop's thread; owns the socket, which is non-blocking and without delay.</param>
    /// <param name="backlog">Connections that may wait to be accepted.</param>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static LoopListener Start(EventLoop loop, IPEndPoint endPoint, Action<Socket> accepted, int backlog = 1024)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(accepted);
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(endPoint);
            socket.Listen(backlog);
            LoopListener listener = new(loop, socket, accepted);
            listener.Register();
            return listener;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Run() => OnReady(readable: true, writable: false, ended: false);

    /// <inheritdoc/>
    protected internal override void OnReady(bool readable, bool writable, bool ended)
    {
        for (int i = 0; i < PerRound; i++)
        {
            if (IsDisposed)
            {
                return;
            }

            if (!DescriptorReserve.HasRoomToAccept())
            {
                LookAgain();
                return;
            }

            int descriptor = LinuxNative.Accept(Handle, 0, 0, LinuxNative.NonBlocking | LinuxNative.CloseOnExec);
            if (descriptor >= 0)
            {
                Accepted(descriptor);
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case LinuxNative.Interrupted or LinuxNative.Aborted:
                    continue; // a connection that was gone before it was accepted is passed over
                case LinuxNative.TooManyFiles or LinuxNative.TooManyFilesInSystem or LinuxNative.NoBuffers or LinuxNative.NoMemory:
                    LookAgain();
                    return;
                default:
                    return;
            }
        }

        Loop.Post(this);
    }

    /// <inheritdoc/>
    protected override void OnClosed() => _again?.Dispose();

    /// <summary>Those that wait were told of once and will not be told of again: they are looked for until there is room.</summary>
    private void LookAgain()
    {
        _again ??= new Timer(static state => ((LoopListener)state!).RunAgain(), this, Timeout.Infinite, Timeout.Infinite);
        _again.Change(DescriptorReserve.Pause, Timeout.InfiniteTimeSpan);
    }

    private void RunAgain()
    {
        if (!IsDisposed)
        {
            Loop.Post(this);
        }
    }

    private void Accepted(int descriptor)
    {
        bool taken = false;
        try
        {
            _accepted(new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)) { NoDelay = true });
            taken = true;
        }
        finally
        {
            if (!taken)
            {
                Loop.Post(this); // one connection that cannot be had does not leave those behind it waiting
            }
        }
    }
}
