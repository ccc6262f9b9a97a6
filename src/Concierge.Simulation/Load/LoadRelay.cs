using System.Net;
using System.Net.Sockets;
using Concierge.WebSockets;

namespace Concierge.Simulation.Load;

/// <summary>A bare byte relay: each connection it accepts it joins to one that it dials, and copies octets both ways. It knows no protocol: the floor under every bridge.</summary>
public sealed class LoadRelay : IDisposable
{
    private readonly EventLoop _loop;
    private readonly IPEndPoint _upstream;
    private readonly LoopListener _listener;
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Starts relaying on one thread.</summary>
    /// <param name="endPoint">Where it listens; port 0 takes any.</param>
    /// <param name="upstream">Where it dials.</param>
    /// <param name="core">The core of its thread; null leaves it to the system.</param>
    /// <exception cref="PlatformNotSupportedException">Not 64-bit Linux.</exception>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public LoadRelay(IPEndPoint endPoint, IPEndPoint upstream, int? core = null)
    {
        _upstream = upstream;
        _loop = new EventLoop(new EventLoopOptions { Name = "relay", Core = core });
        try
        {
            _listener = LoopListener.Start(_loop, endPoint, Join, backlog: 4096);
        }
        catch
        {
            _loop.Dispose();
            throw;
        }
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => _listener.EndPoint;

    /// <summary>Stops.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        _loop.Dispose();
    }

    private void Join(Socket near)
    {
        Socket far = new(_upstream.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // Blocking, once per call: the far end is on this machine.
            far.Connect(_upstream);
        }
        catch (SocketException)
        {
            near.Dispose();
            far.Dispose();
            return;
        }

        Side a = new(_loop, near, _buffer);
        Side b = new(_loop, far, _buffer);
        a.Peer = b;
        b.Peer = a;
        b.Start();
        a.Start();
    }

    /// <summary>One of the two sockets: what comes goes out at the other, at once or when it has room.</summary>
    private sealed class Side(EventLoop loop, Socket socket, byte[] buffer) : LoopSocket(loop, socket)
    {
        private byte[] _waiting = [];
        private int _start;
        private bool _held; // octets may be left unread here because the peer has no room

        public Side Peer { get; set; } = null!;

        public void Start() => Register();

        protected override void OnReady(bool readable, bool writable, bool ended)
        {
            try
            {
                if (writable && _waiting.Length > 0 && Drain() && Peer._held)
                {
                    Peer._held = false;
                    Peer.Copy();
                }

                if (readable)
                {
                    Copy(ended);
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                Dispose();
                Peer.Dispose();
            }
        }

        private void Copy(bool ended = false)
        {
            while (true)
            {
                if (Peer._waiting.Length > 0)
                {
                    _held = true;
                    return;
                }

                int count = Receive(buffer);
                if (count < 0)
                {
                    return;
                }

                if (count == 0)
                {
                    Peer.Dispose();
                    Dispose();
                    return;
                }

                Peer.Put(buffer.AsSpan(0, count));
                if (count < buffer.Length && !ended)
                {
                    return;
                }
            }
        }

        private void Put(ReadOnlySpan<byte> octets)
        {
            int sent = Send(octets);
            if (sent < octets.Length)
            {
                _waiting = octets[sent..].ToArray();
                _start = 0;
            }
        }

        private bool Drain()
        {
            _start += Send(_waiting.AsSpan(_start));
            if (_start < _waiting.Length)
            {
                return false;
            }

            _waiting = [];
            return true;
        }
    }
}
