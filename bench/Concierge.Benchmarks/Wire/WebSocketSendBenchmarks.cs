using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using Concierge.WebSockets;

namespace Concierge.Benchmarks.Wire;

/// <summary>Sending one text message: frame, mask (as a client), one write to the transport; without system calls.</summary>
[MemoryDiagnoser]
public class WebSocketSendBenchmarks
{
    private byte[] _payload = [];
    private WebSocket _platform = null!;
    private WebSocketWriter _writer = null!;

    [Params(400, 1400, 65536)]
    public int Size { get; set; }

    [Params(WebSocketRole.Server, WebSocketRole.Client)]
    public WebSocketRole Role { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _payload = new byte[Size];
        _payload.AsSpan().Fill((byte)'x');
        WebSocketLoopStream theirs = new([0]);
        WebSocketLoopStream ours = new([0]);
        _platform = WebSocket.CreateFromStream(theirs, Role == WebSocketRole.Server, null, TimeSpan.Zero);
        _writer = new WebSocketWriter(WebSocketStreams.CreateWriter(ours), Role, new WebSocketWriterOptions { MediaBudget = 1024 * 1024 });
        PlatformSend().GetAwaiter().GetResult();
        ConciergeSend();
        if (theirs.Written != ours.Written || ours.Written < Size)
        {
            throw new InvalidOperationException("The two wrote different frames.");
        }
    }

    [Benchmark(Baseline = true)]
    public async Task PlatformSend() => await _platform.SendAsync(_payload.AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None);

    [Benchmark]
    public void ConciergeSend() => _writer.TrySend(WebSocketOpcode.Text, _payload, WebSocketLane.Media);
}
