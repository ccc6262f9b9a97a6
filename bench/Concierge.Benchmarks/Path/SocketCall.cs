using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Concierge.Pipelines;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Concierge.WebSockets;

namespace Concierge.Benchmarks.Paths;

/// <summary>A whole call session on an event loop of its own, as the node runs it, between two loopback connections whose far ends are here: blocking sockets of the bench's thread.</summary>
internal sealed class SocketCall : IModelConnector, ICallController, IEventLoopWork, IDisposable
{
    private readonly EventLoop? _loop = EventLoop.IsSupported ? new EventLoop() : null;
    private readonly CallAudioMode _mode;
    private readonly WebSocketTransport _modelLeg;
    private readonly CallSession _session;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _received = new byte[64 * 1024];
    private int _held;

    public SocketCall(CallAudioMode mode)
    {
        _mode = mode;
        (Carrier, Socket carrier) = Pair();
        (Model, Socket model) = Pair();
        _modelLeg = Transport(model);
        _session = new CallSession(Transport(carrier), this, this, new CallSessionOptions { AudioMode = mode }, TimeProvider.System);
    }

    /// <summary>The carrier's end.</summary>
    public Socket Carrier { get; }

    /// <summary>The model's end.</summary>
    public Socket Model { get; }

    /// <summary>How many objects the loop asks for ahead of the call's wake-ups, both ways together.</summary>
    public int PreparedObjects => _loop?.PreparedObjects ?? 0;

    /// <summary>Two sockets of one loopback connection.</summary>
    public static (Socket Near, Socket Far) Pair()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        Socket near = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 30_000 };
        near.Connect(listener.LocalEndPoint!);
        Socket far = listener.Accept();
        far.NoDelay = true;
        return (near, far);
    }

    /// <summary>Receives exactly so many octets.</summary>
    public static void Receive(Socket socket, Span<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            int count = socket.Receive(octets);
            PathFrames.Require(count > 0, "the connection stays open");
            octets = octets[count..];
        }
    }

    /// <summary>Brings the call up to where both loops wait for audio.</summary>
    public void Begin()
    {
        Start();
        Send(Carrier, PathFrames.CarrierOpening, masked: true);
        Send(Model, PathFrames.ModelOpening(_mode), masked: false);
        PathFrames.Require(_ready.Task.Wait(TimeSpan.FromSeconds(30)), "the session became ready");

        // What the session says to the model at its beginning is not what is counted.
        Thread.Sleep(200);
        while (Model.Available > 0)
        {
            Model.Receive(_received);
        }
    }

    /// <summary>Waits for the next frame of audio at the carrier; marks that come before it are passed over.</summary>
    /// <param name="payload">Octets of a media message.</param>
    public void ReceiveMedia(long payload)
    {
        while (true)
        {
            OperationStatus status = WebSocketFrameParser.Parse(_received.AsSpan(0, _held), WebSocketRole.Client, false, 65536, 65536, out WebSocketFrameHeader header, out _);
            long whole = header.HeaderLength + header.PayloadLength;
            if (status == OperationStatus.Done && whole <= _held)
            {
                _held -= (int)whole;
                _received.AsSpan((int)whole, _held).CopyTo(_received);
                if (header.PayloadLength == payload)
                {
                    return;
                }

                continue;
            }

            int count = Carrier.Receive(_received.AsSpan(_held));
            PathFrames.Require(count > 0, "the carrier's connection stays open");
            _held += count;
        }
    }

    /// <summary>Ends the call.</summary>
    public void Dispose()
    {
        _session.TryEnd(CallEndReason.Draining);
        Carrier.Dispose();
        Model.Dispose();
        PathFrames.Require(_ended.Task.Wait(TimeSpan.FromSeconds(60)), "the session ended");
        _loop?.Dispose();
    }

    public async void Run()
    {
        try
        {
            await _session.RunAsync();
            _ended.TrySetResult();
        }
        catch (Exception exception)
        {
            _ended.TrySetException(exception);
        }
    }

    public ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IDuplexPipe>(_modelLeg);

    public ValueTask<RealtimeSessionConfig> ConfigureAsync(StreamStart start, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new RealtimeSessionConfig());

    public ValueTask OnEventAsync(CallEvent callEvent, ICallControl call, CancellationToken cancellationToken)
    {
        if (callEvent is CallEvent.ModelReady)
        {
            _ready.TrySetResult();
        }

        return ValueTask.CompletedTask;
    }

    private static void Send(Socket socket, string[] messages, bool masked)
    {
        foreach (string message in messages)
        {
            socket.Send(PathFrames.Frame(message, masked));
        }
    }

    private WebSocketTransport Transport(Socket socket) => _loop is null ? WebSocketTransport.FromSocket(socket) : WebSocketTransport.FromSocket(_loop, socket);

    private void Start()
    {
        if (_loop is null)
        {
            Run();
            return;
        }

        _loop.Post(this);
    }
}
