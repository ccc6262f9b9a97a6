using System.Text;
using BenchmarkDotNet.Attributes;
using Concierge.Pipelines;
using Concierge.Protocols;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Concierge.WebSockets;

namespace Concierge.Benchmarks.Paths;

/// <summary>
/// One 20 ms frame of the agent's voice handed on as it stands: a mu-law delta that is one frame, its base64 text checked and copied into a carrier's <c>media</c> message. The least that
/// pass-through can cost; the product's path (<see cref="AgentAudioPathBenchmarks"/>, mu-law) decodes and frames anew, since a model's deltas are longer than a frame and come ahead of time.
/// Baseline: copies of the same bytes, in and out.
/// </summary>
[MemoryDiagnoser]
[BenchmarkCategory("Path")]
public class AgentPassThroughBenchmarks
{
    private readonly byte[] _received = new byte[1024];
    private readonly byte[] _sent = new byte[1024];
    private readonly MediaHead _head = new(Encoding.ASCII.GetBytes(PathFrames.StreamSid));
    private byte[] _wire = [];
    private byte[] _expected = [];

    /// <summary>Builds the delta and checks what comes of it.</summary>
    [GlobalSetup]
    public void Setup()
    {
        byte[] muLaw = PathFrames.ModelAudio20Ms(CallAudioMode.MuLaw);
        _wire = PathFrames.Frame(PathFrames.Delta(muLaw), masked: false);
        _expected = PathFrames.Frame(
            $"{{\"event\":\"media\",\"streamSid\":\"{PathFrames.StreamSid}\",\"media\":{{\"payload\":\"{Convert.ToBase64String(muLaw)}\"}}}}", masked: false);
        PathFrames.Require(Verbatim() == _expected.Length && _sent.AsSpan(0, _expected.Length).SequenceEqual(_expected), "the message");
    }

    /// <summary>The baseline.</summary>
    /// <returns>Bytes of the outgoing frame.</returns>
    [Benchmark(Baseline = true)]
    public int Copy()
    {
        _wire.CopyTo(_received, 0);
        _expected.CopyTo(_sent, 0);
        return _expected.Length;
    }

    /// <summary>Header, UTF-8, scan, check of the base64, JSON, header.</summary>
    /// <returns>Bytes of the outgoing frame.</returns>
    [Benchmark]
    public int Verbatim()
    {
        WebSocketFrameParser.Parse(_wire, WebSocketRole.Client, false, 65536, 65536, out WebSocketFrameHeader header, out _);
        ReadOnlySpan<byte> text = _wire.AsSpan(header.HeaderLength, (int)header.PayloadLength);
        if (!Utf8Checker.IsValid(text)
            || RealtimeServerEventParser.Parse(text, out RealtimeServerEvent e) != RealtimeError.None
            || (!e.DeltaIsBase64 && (e.DeltaHasEscapes || !Base64Text.IsValid(e.Delta))))
        {
            return 0;
        }

        var media = new MediaBase64Message(_head, e.Delta);
        int at = WebSocketFrameFormatter.WriteHeader(_sent, WebSocketOpcode.Text, fin: true, media.Length, masked: false, 0);
        media.Write(_sent.AsSpan(at, media.Length));
        return at + media.Length;
    }
}
