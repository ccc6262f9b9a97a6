using System.Runtime.InteropServices;
using System.Text;
using BenchmarkDotNet.Attributes;
using Concierge.Audio;
using Concierge.Pipelines;
using Concierge.Pipelines.Media;
using Concierge.Pipelines.Playback;
using Concierge.Protocols;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;
using Concierge.WebSockets;

namespace Concierge.Benchmarks.Paths;

/// <summary>
/// One 20 ms frame of the agent's voice: the wire bytes of a model's audio delta in, the wire bytes of a carrier's <c>media</c> frame out; both unmasked, as the roles want.
/// Functions is the work itself: header, UTF-8, scan, base64, resample, G.711, base64, JSON, header. Path is the product's own way: the same functions up to the scan, then
/// <c>AgentAudioPath</c>, the playback ledger with its clock, queue, pacing and marks (one in ten frames, returned at once), and the connection's writer, into a transport that costs nothing.
/// Baseline: copies of the same bytes, in and out.
/// </summary>
[MemoryDiagnoser]
[BenchmarkCategory("Path")]
public class AgentAudioPathBenchmarks
{
    private readonly byte[] _received = new byte[2048];
    private readonly byte[] _sent = new byte[1024];
    private readonly byte[] _octets = new byte[2048];
    private readonly byte[] _companded = new byte[1024];
    private readonly short[] _narrow = new short[1024];
    private readonly byte[] _streamSid = Encoding.ASCII.GetBytes(PathFrames.StreamSid);
    private readonly MediaHead _head = new(Encoding.ASCII.GetBytes(PathFrames.StreamSid));
    private readonly BufferPipeWriter _transport = new();
    private readonly ResamplerStage _down = new(24000, 8000);
    private byte[] _wire = [];
    private byte[] _expected = [];
    private AgentAudioPath? _path;
    private PlaybackLedger? _ledger;
    private BenchCarrier? _carrier;

    /// <summary>What the model gives.</summary>
    [Params(CallAudioMode.Pcm16, CallAudioMode.MuLaw, CallAudioMode.ALaw)]
    public CallAudioMode Mode { get; set; }

    /// <summary>Builds the delta and checks what both rows make of it.</summary>
    [GlobalSetup]
    public void Setup()
    {
        byte[] audio = PathFrames.ModelAudio20Ms(Mode);
        _wire = PathFrames.Frame(PathFrames.Delta(audio), masked: false);
        var options = new CallSessionOptions { AudioMode = Mode };
        _carrier = new BenchCarrier(new WebSocketWriter(_transport, WebSocketRole.Server), _streamSid);
        _ledger = new PlaybackLedger(options, new SessionClock(TimeProvider.System), _carrier, _carrier);
        _path = new AgentAudioPath(options, _ledger);
        byte[] muLaw = PathFrames.ExpectedAtCarrier(audio, Mode);
        _expected = PathFrames.Frame(
            $"{{\"event\":\"media\",\"streamSid\":\"{PathFrames.StreamSid}\",\"media\":{{\"payload\":\"{Convert.ToBase64String(muLaw)}\"}}}}", masked: false);

        PathFrames.Require(Path() == _expected.Length && _transport.Last.SequenceEqual(_expected), "the path");
        PathFrames.Require(Functions() == _expected.Length && _sent.AsSpan(0, _expected.Length).SequenceEqual(_expected), "the functions");
        PathFrames.Require(PathFrames.ReadAudio(_sent.AsSpan(0, _expected.Length), masked: false, "media", "payload").AsSpan().SequenceEqual(muLaw), "the audio");
        for (int frame = 1; frame < 500; frame++)
        {
            PathFrames.Require(Path() >= _expected.Length, "the window stays open");
        }
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

    /// <summary>The work.</summary>
    /// <returns>Bytes of the outgoing frame.</returns>
    [Benchmark]
    public int Functions()
    {
        ReadOnlySpan<byte> text = Receive();
        if (!Utf8Checker.IsValid(text)
            || RealtimeServerEventParser.Parse(text, out RealtimeServerEvent e) != RealtimeError.None
            || Base64Text.Decode(e.Delta, e.DeltaHasEscapes, _octets, out int length) != Base64TextError.None)
        {
            return 0;
        }

        ReadOnlySpan<byte> muLaw = _octets.AsSpan(0, length);
        if (Mode != CallAudioMode.MuLaw)
        {
            int samples = Mode == CallAudioMode.ALaw
                ? ALaw.Decode(muLaw, _narrow)
                : _down.Process(MemoryMarshal.Cast<byte, short>(muLaw), _narrow);
            muLaw = _companded.AsSpan(0, MuLaw.Encode(_narrow.AsSpan(0, samples), _companded));
        }

        var media = new MediaMessage(_head, muLaw);
        int at = WebSocketFrameFormatter.WriteHeader(_sent, WebSocketOpcode.Text, fin: true, media.Length, masked: false, 0);
        media.Write(_sent.AsSpan(at, media.Length));
        return at + media.Length;
    }

    /// <summary>The product's way.</summary>
    /// <returns>Bytes of the outgoing frame.</returns>
    [Benchmark]
    public int Path()
    {
        ReadOnlySpan<byte> text = Receive();
        if (!Utf8Checker.IsValid(text) || RealtimeServerEventParser.Parse(text, out RealtimeServerEvent e) != RealtimeError.None)
        {
            return 0;
        }

        _path!.Forward(e);
        _carrier!.ReturnMark(_ledger!);
        return _transport.Flushed;
    }

    private ReadOnlySpan<byte> Receive()
    {
        WebSocketFrameParser.Parse(_wire, WebSocketRole.Client, false, 65536, 65536, out WebSocketFrameHeader header, out _);
        return _wire.AsSpan(header.HeaderLength, (int)header.PayloadLength);
    }
}
