using System.IO.Pipelines;
using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using Concierge.WebSockets;

namespace Concierge.Benchmarks.Wire;

/// <summary>Receiving one text message: parse, unmask (as a server), validate UTF-8, hand over; without system calls: every read completes at once.</summary>
[MemoryDiagnoser]
public class WebSocketReceiveBenchmarks
{
    private const int Batch = 64;

    private readonly byte[] _buffer = new byte[128 * 1024];
    private WebSocket _platform = null!;
    private WebSocketReader _reader = null!;

    [Params(400, 1400, 65536)]
    public int Size { get; set; }

    [Params(WebSocketRole.Server, WebSocketRole.Client)]
    public WebSocketRole Role { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        byte[] wire = Frames();
        _platform = WebSocket.CreateFromStream(new WebSocketLoopStream(wire), Role == WebSocketRole.Server, null, TimeSpan.Zero);
        PipeReader input = WebSocketStreams.CreateReader(new WebSocketLoopStream(wire));
        _reader = new WebSocketReader(input, Role, WebSocketLimits.Default, writer: null);
        if (PlatformReceive() != Size * Batch || ConciergeReceive() != Size * Batch)
        {
            throw new InvalidOperationException("A message was lost.");
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Batch)]
    public int PlatformReceive()
    {
        int total = 0;
        for (int i = 0; i < Batch; i++)
        {
            ValueWebSocketReceiveResult result;
            do
            {
                result = _platform.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None).GetAwaiter().GetResult();
                total += result.Count;
            }
            while (!result.EndOfMessage);
        }

        return total;
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public int ConciergeReceive()
    {
        int total = 0;
        for (int i = 0; i < Batch; i++)
        {
            _reader.ReadAsync().GetAwaiter().GetResult();
            total += _reader.Payload.Length;
        }

        return total;
    }

    private byte[] Frames()
    {
        // Seven messages: a number that shares no factor with the buffers, so that every alignment occurs.
        MemoryStream wire = new();
        byte[] payload = new byte[Size];
        payload.AsSpan().Fill((byte)'x');
        for (int i = 0; i < 7; i++)
        {
            byte[] frame = new byte[14 + Size];
            uint key = Role == WebSocketRole.Server ? 0x9E3779B9u * (uint)(i + 1) : 0;
            bool masked = Role == WebSocketRole.Server;
            int header = WebSocketFrameFormatter.WriteHeader(frame, WebSocketOpcode.Text, true, Size, masked, key);
            WebSocketMask.Apply(payload, frame.AsSpan(header), key);
            wire.Write(frame, 0, header + Size);
        }

        return wire.ToArray();
    }
}
