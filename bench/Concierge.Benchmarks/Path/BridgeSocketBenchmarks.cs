using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using Concierge.Pipelines;
using Concierge.Simulation.Load;
using Concierge.WebSockets;

namespace Concierge.Benchmarks.Paths;

/// <summary>
/// The whole bridge over loopback sockets, per 20 ms: a carrier's frame through its socket, the session on its event loop and the model's socket; then a model's delta the other way; every
/// tenth time a mark back. One frame is under way at a time, so this is what a frame waits, not what a busy loop pays. Baseline: the bare byte relay of <c>concierge load</c> between the same
/// sockets.
/// </summary>
[MemoryDiagnoser]
[BenchmarkCategory("Path")]
public class BridgeSocketBenchmarks
{
    private const int FramesPerOperation = 100;

    private readonly BenchMarks _marks = new();
    private readonly byte[] _atModel = new byte[2048];
    private byte[] _media = [];
    private byte[] _delta = [];
    private int _toModel;
    private long _toCarrier;
    private SocketCall? _call;
    private LoadRelay? _relay;
    private Socket? _near;
    private Socket? _far;

    /// <summary>What the model is given and gives.</summary>
    [Params(CallAudioMode.Pcm16, CallAudioMode.MuLaw)]
    public CallAudioMode Mode { get; set; }

    /// <summary>Brings a call up and a relay, and checks that audio goes through both ways, as it should be.</summary>
    [GlobalSetup]
    public void Setup()
    {
        byte[] audio = PathFrames.ModelAudio20Ms(Mode);
        _media = PathFrames.Frame(PathFrames.RepeatableMedia(PathFrames.MuLaw20Ms()), masked: true);
        _delta = PathFrames.Frame(PathFrames.Delta(audio), masked: false);
        string heard = Convert.ToBase64String(PathFrames.ExpectedAtModel(PathFrames.MuLaw20Ms(), Mode));
        _toModel = PathFrames.Frame($"{{\"type\":\"input_audio_buffer.append\",\"audio\":\"{heard}\"}}", masked: true).Length;
        string played = Convert.ToBase64String(PathFrames.ExpectedAtCarrier(audio, Mode));
        _toCarrier = $"{{\"event\":\"media\",\"streamSid\":\"{PathFrames.StreamSid}\",\"media\":{{\"payload\":\"{played}\"}}}}".Length;

        _call = new SocketCall(Mode);
        _call.Begin();
        _call.Carrier.Send(_media);
        SocketCall.Receive(_call.Model, _atModel.AsSpan(0, _toModel));
        byte[] expected = PathFrames.ExpectedAtModel(PathFrames.MuLaw20Ms(), Mode);
        PathFrames.Require(PathFrames.ReadAudio(_atModel.AsSpan(0, _toModel), masked: true, "audio").AsSpan().SequenceEqual(expected), "the caller's audio at the model");

        // Some audio stays ahead of what is heard, as in any answer: falling silent is an event of the call, not of a frame.
        for (int i = 0; i < 2; i++)
        {
            _call.Model.Send(_delta);
            _call.ReceiveMedia(_toCarrier);
        }

        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        if (EventLoop.IsSupported)
        {
            _relay = new LoadRelay(new IPEndPoint(IPAddress.Loopback, 0), (IPEndPoint)listener.LocalEndPoint!);
            _near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            _near.Connect(_relay.EndPoint);
            _far = listener.Accept();
            _far.NoDelay = true;
        }
        else
        {
            (_near, _far) = SocketCall.Pair();
        }

        PathFrames.Require(Relay() > 0 && Bridge() > 0, "octets arrive");
        PathFrames.Require(!EventLoop.IsSupported || !WorkingSet.IsSupported || _call.PreparedObjects >= 40, "what a frame touches is asked for ahead, both ways");
    }

    /// <summary>Ends both.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _call?.Dispose();
        _near?.Dispose();
        _far?.Dispose();
        _relay?.Dispose();
    }

    /// <summary>The baseline.</summary>
    /// <returns>Octets relayed.</returns>
    [Benchmark(Baseline = true, OperationsPerInvoke = FramesPerOperation)]
    public long Relay()
    {
        for (int i = 0; i < FramesPerOperation; i++)
        {
            _near!.Send(_media);
            SocketCall.Receive(_far!, _atModel.AsSpan(0, _media.Length));
            _far!.Send(_delta);
            SocketCall.Receive(_near, _atModel.AsSpan(0, _delta.Length));
        }

        return (long)FramesPerOperation * (_media.Length + _delta.Length);
    }

    /// <summary>The bridge.</summary>
    /// <returns>Octets that have left it.</returns>
    [Benchmark(OperationsPerInvoke = FramesPerOperation)]
    public long Bridge()
    {
        SocketCall call = _call!;
        for (int i = 0; i < FramesPerOperation; i++)
        {
            call.Carrier.Send(_media);
            SocketCall.Receive(call.Model, _atModel.AsSpan(0, _toModel));
            call.Model.Send(_delta);
            call.ReceiveMedia(_toCarrier);
            if (i % 10 == 9)
            {
                call.Carrier.Send(_marks.Next().Span);
            }
        }

        return FramesPerOperation * (_toModel + _toCarrier);
    }
}
