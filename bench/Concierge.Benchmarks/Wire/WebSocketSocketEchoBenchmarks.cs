using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using Concierge.WebSockets;

namespace Concierge.Benchmarks.Wire;

/// <summary>Sixteen messages there and back over one loopback connection, both ends by the same implementation: two masked sends and receives less the kernel's share.</summary>
[MemoryDiagnoser]
public class WebSocketSocketEchoBenchmarks
{
    private const int Batch = 16;

    private readonly byte[] _buffer = new byte[128 * 1024];
    private byte[] _payload = [];
    private WebSocket _platform = null!;
    private WebSocketWriter _writer = null!;
    private WebSocketReader _reader = null!;
    private WebSocketWriter _loopWriter = null!;
    private WebSocketReader _loopReader = null!;

    [Params(400, 1400, 65536)]
    public int Size { get; set; }

    // Waited for here: the in-process toolchain starts the benches while an asynchronous setup is still running.
    [GlobalSetup]
    public void Setup() => SetupAsync().GetAwaiter().GetResult();

    private async Task SetupAsync()
    {
        // As the node runs: completions on the socket engine's threads (before the first socket).
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        _payload = new byte[Size];
        _payload.AsSpan().Fill((byte)'x');
        (Socket a, Socket b) = await PairAsync();
        _platform = WebSocket.CreateFromStream(new NetworkStream(a, true), isServer: false, null, TimeSpan.Zero);
        _ = PlatformEchoAsync(WebSocket.CreateFromStream(new NetworkStream(b, true), isServer: true, null, TimeSpan.Zero));
        (a, b) = await PairAsync();
        WebSocketTransport client = WebSocketTransport.FromSocket(a);
        _writer = new WebSocketWriter(client.Output, WebSocketRole.Client);
        _reader = new WebSocketReader(client.Input, WebSocketRole.Client, WebSocketLimits.Default, _writer);
        _ = ConciergeEchoAsync(WebSocketTransport.FromSocket(b));
        await SetupLoopsAsync();
        if (await PlatformEcho() != Size * Batch || await ConciergeEcho() != Size * Batch || await LoopEcho() != Size * Batch)
        {
            throw new InvalidOperationException("A message was lost.");
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Batch)]
    public async Task<int> PlatformEcho()
    {
        int total = 0;
        for (int i = 0; i < Batch; i++)
        {
            await _platform.SendAsync(_payload.AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None);
            ValueWebSocketReceiveResult result;
            do
            {
                result = await _platform.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None);
                total += result.Count;
            }
            while (!result.EndOfMessage);
        }

        return total;
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public Task<int> ConciergeEcho() => EchoAsync(_writer, _reader);

    /// <summary>The same on two event loops: what a leg of the node costs.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public Task<int> LoopEcho() => EchoAsync(_loopWriter, _loopReader);

    private async Task<int> EchoAsync(WebSocketWriter writer, WebSocketReader reader)
    {
        int total = 0;
        for (int i = 0; i < Batch; i++)
        {
            writer.TryAppend(WebSocketOpcode.Text, _payload);
            writer.Flush();
            await reader.ReadAsync();
            total += reader.Payload.Length;
        }

        return total;
    }

    private async Task SetupLoopsAsync()
    {
        (Socket a, Socket b) = await PairAsync();
        WebSocketTransport client = EventLoop.IsSupported ? WebSocketTransport.FromSocket(new EventLoop(), a) : WebSocketTransport.FromSocket(a);
        _loopWriter = new WebSocketWriter(client.Output, WebSocketRole.Client);
        _loopReader = new WebSocketReader(client.Input, WebSocketRole.Client, WebSocketLimits.Default, _loopWriter);
        _ = ConciergeEchoAsync(EventLoop.IsSupported ? WebSocketTransport.FromSocket(new EventLoop(), b) : WebSocketTransport.FromSocket(b));
    }

    private static async Task PlatformEchoAsync(WebSocket socket)
    {
        byte[] buffer = new byte[128 * 1024];
        while (true)
        {
            int count = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(buffer.AsMemory(count), CancellationToken.None);
                count += result.Count;
            }
            while (!result.EndOfMessage);
            await socket.SendAsync(buffer.AsMemory(0, count), WebSocketMessageType.Text, true, CancellationToken.None);
        }
    }

    private static async Task ConciergeEchoAsync(WebSocketTransport transport)
    {
        WebSocketWriter writer = new(transport.Output, WebSocketRole.Server);
        WebSocketReader reader = new(transport.Input, WebSocketRole.Server, WebSocketLimits.Default, writer);
        while (await reader.ReadAsync() == WebSocketReadStatus.Message)
        {
            writer.TryAppend(reader.Opcode, reader.Payload);
            writer.Flush();
        }
    }

    private static async Task<(Socket A, Socket B)> PairAsync()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        Socket a = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await a.ConnectAsync(listener.LocalEndPoint!);
        Socket b = await listener.AcceptAsync();
        b.NoDelay = true;
        return (a, b);
    }
}
