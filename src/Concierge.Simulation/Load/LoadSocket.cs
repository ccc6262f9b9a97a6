using System.Net;
using System.Net.Sockets;
using Concierge.WebSockets;

namespace Concierge.Simulation.Load;

/// <summary>One of the generator's plain sockets on its loop: a receive for each wake-up and a send for each frame, as the relay makes them, and no layer between.</summary>
internal sealed class LoadSocket : LoopSocket, ILoadWire
{
    /// <summary>The longest frame that is taken.</summary>
    public const int BufferLength = 256 * 1024;

    /// <summary>What waits at most for a far end that takes nothing, beyond what the kernel holds.</summary>
    private const int MostUnsent = 64 * 1024;

    private readonly byte[] _buffer;
    private ILoadReceiver _receiver;
    private byte[] _kept = [];
    private int _keptLength;
    private byte[] _unsent = [];
    private int _unsentStart;
    private int _unsentLength;
    private Action? _connected;
    private bool _closing;
    private bool _over;

    /// <param name="loop">The generator's loop.</param>
    /// <param name="socket">Connected, or connecting; owned from here on.</param>
    /// <param name="buffer">Where all sockets of the loop receive, of <see cref="BufferLength"/>: octets of a frame that is not whole are kept apart.</param>
    /// <param name="receiver">Takes what comes.</param>
    public LoadSocket(EventLoop loop, Socket socket, byte[] buffer, ILoadReceiver receiver)
        : base(loop, socket)
    {
        _buffer = buffer;
        _receiver = receiver;
    }

    /// <summary>Who takes what comes; the handshake hands over to the far end's part.</summary>
    public ILoadReceiver Receiver
    {
        get => _receiver;
        set => _receiver = value;
    }

    /// <summary>Whether what comes is left where it is, as by a far end that hangs.</summary>
    public bool IsStalled { get; set; }

    /// <summary>Begins to receive on a connected socket.</summary>
    public void Start() => Register();

    /// <summary>Adds what sending a frame touches.</summary>
    public void AddTo(WorkingSet set)
    {
        set.Add(this);
        set.Add(Socket.SafeHandle);
    }

    /// <summary>Has what its end touches for a frame fetched ahead of each wake-up.</summary>
    public void Prepare(LoadEnd end)
    {
        WorkingSet set = new();
        end.AddHearingTo(set);
        Prepare(set);
    }

    /// <summary>Begins to connect.</summary>
    /// <param name="endPoint">Where to.</param>
    /// <param name="connected">Called when that has succeeded; a failure goes to the receiver.</param>
    /// <exception cref="SocketException">It has failed at once.</exception>
    public void Connect(IPEndPoint endPoint, Action connected)
    {
        _connected = connected;
        Socket.Blocking = false;
        try
        {
            Socket.Connect(endPoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // Room to write, or an error, tells of the end of the attempt.
        }

        Register();
    }

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> octets, bool mayDrop = false)
    {
        if (_over || _closing)
        {
            return;
        }

        try
        {
            if (_unsentLength == 0)
            {
                octets = octets[base.Send(octets)..];
            }
            else if (mayDrop && _unsentLength + octets.Length > MostUnsent)
            {
                return;
            }

            if (octets.Length > 0)
            {
                KeepUnsent(octets);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            End(exception);
        }
    }

    /// <inheritdoc/>
    public void Close()
    {
        _closing = true;
        if (_unsentLength == 0)
        {
            End(null);
        }
    }

    protected override void OnReady(bool readable, bool writable, bool ended)
    {
        try
        {
            if (_connected is not null)
            {
                if (!writable)
                {
                    return;
                }

                FinishConnecting();
            }

            if (writable && _unsentLength > 0)
            {
                Drain();
            }

            if (readable && !IsStalled)
            {
                ReceiveAll(ended);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidDataException)
        {
            End(exception);
        }
    }

    private void FinishConnecting()
    {
        int failure = (int)(Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) ?? 0);
        Action connected = _connected!;
        _connected = null;
        if (failure != 0)
        {
            throw new SocketException(failure);
        }

        connected();
    }

    /// <summary>One receive, unless it filled the buffer or the end lies behind it: what comes later is told anew.</summary>
    private void ReceiveAll(bool ended)
    {
        while (!_over)
        {
            int before = _keptLength;
            int count = Receive(_buffer.AsSpan(before));
            if (count < 0)
            {
                return;
            }

            if (count == 0)
            {
                End(null);
                return;
            }

            if (before > 0)
            {
                _kept.AsSpan(0, before).CopyTo(_buffer);
            }

            int length = before + count;
            int used = 0;
            int taken;
            do
            {
                taken = _receiver.OnOctets(_buffer.AsSpan(used, length - used));
                used += taken;
            }
            while (taken > 0 && used < length && !_over);

            Keep(_buffer.AsSpan(used, length - used));
            if (length < _buffer.Length && !ended)
            {
                return;
            }
        }
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        _keptLength = rest.Length;
        if (rest.Length == BufferLength)
        {
            throw new InvalidDataException($"The bridge sent a frame of more than {BufferLength} octets.");
        }

        if (rest.Length > _kept.Length)
        {
            _kept = new byte[Math.Max(rest.Length, 2 * 1024)];
        }

        rest.CopyTo(_kept);
    }

    private void KeepUnsent(ReadOnlySpan<byte> octets)
    {
        if (_unsentStart + _unsentLength + octets.Length > _unsent.Length)
        {
            byte[] larger = new byte[Math.Max(2 * MostUnsent, _unsentLength + octets.Length)];
            _unsent.AsSpan(_unsentStart, _unsentLength).CopyTo(larger);
            _unsent = larger;
            _unsentStart = 0;
        }

        octets.CopyTo(_unsent.AsSpan(_unsentStart + _unsentLength));
        _unsentLength += octets.Length;
    }

    private void Drain()
    {
        int sent = base.Send(_unsent.AsSpan(_unsentStart, _unsentLength));
        _unsentStart += sent;
        _unsentLength -= sent;
        if (_unsentLength == 0)
        {
            _unsent = [];
            _unsentStart = 0;
            if (_closing)
            {
                End(null);
            }
        }
    }

    private void End(Exception? failure)
    {
        if (!_over)
        {
            _over = true;
            Dispose();
            _receiver.OnEnded(failure);
        }
    }
}
