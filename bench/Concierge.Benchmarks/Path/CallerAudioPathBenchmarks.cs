using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Concierge.Audio;
using Concierge.Pipelines;
using Concierge.Pipelines.Media;
using Concierge.Protocols;
using Concierge.Protocols.MediaStreams;
using Concierge.WebSockets;

namespace Concierge.Benchmarks.Paths;

/// <summary>
/// One 20 ms frame of the caller's voice: the wire bytes of a carrier's masked <c>media</c> frame in, the wire bytes of a masked <c>input_audio_buffer.append</c> frame out.
/// Functions is the work itself: header, unmask, UTF-8, scan, base64, G.711, resample, base64, JSON, mask, header. Path is the product's own way: the same functions up to the scan, then
/// <c>CallerAudioPath</c> and the connection's writer with its lock, lanes, bounds and masking keys, into a transport that costs nothing. Baseline: copies of the same bytes, in and out.
/// </summary>
[MemoryDiagnoser]
[BenchmarkCategory("Path")]
public class CallerAudioPathBenchmarks
{
    private const uint Key = 0x1B27_A5C3;

    private readonly byte[] _received = new byte[1024];
    private readonly byte[] _sent = new byte[2048];
    private readonly byte[] _octets = new byte[256];
    private readonly short[] _narrow = new short[256];
    private readonly short[] _wide = new short[1024];
    private readonly BufferPipeWriter _transport = new();
    private readonly ResamplerStage _up = new(8000, 24000);
    private byte[] _wire = [];
    private byte[] _expected = [];
    private CallerAudioPath? _path;
    private WebSocketWriter? _writer;

    /// <summary>What the model is given.</summary>
    [Params(CallAudioMode.Pcm16, CallAudioMode.MuLaw, CallAudioMode.ALaw)]
    public CallAudioMode Mode { get; set; }

    /// <summary>Builds the frame and checks what both rows make of it.</summary>
    [GlobalSetup]
    public void Setup()
    {
        byte[] muLaw = PathFrames.MuLaw20Ms();
        _wire = PathFrames.Frame(PathFrames.Media(muLaw), masked: true);
        _path = new CallerAudioPath(new CallSessionOptions { AudioMode = Mode }, new CallCounters());
        _writer = new WebSocketWriter(_transport, WebSocketRole.Client);
        byte[] audio = PathFrames.ExpectedAtModel(muLaw, Mode);
        _expected = PathFrames.Frame($"{{\"type\":\"input_audio_buffer.append\",\"audio\":\"{Convert.ToBase64String(audio)}\"}}", masked: true);

        PathFrames.Require(Path() == _expected.Length && PathFrames.ReadAudio(_transport.Last, masked: true, "audio").AsSpan().SequenceEqual(audio), "the path");
        PathFrames.Require(Functions() == _expected.Length && PathFrames.ReadAudio(_sent.AsSpan(0, _expected.Length), masked: true, "audio").AsSpan().SequenceEqual(audio), "the functions");
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
        if (!TryReceive(out Span<byte> text) || MediaStreamsParser.Parse(text, out MediaStreamsEvent message) != MediaStreamsError.None)
        {
            return 0;
        }

        if (Mode == CallAudioMode.MuLaw)
        {
            if (!message.PayloadIsBase64 && !Base64Text.IsValid(message.Payload))
            {
                return 0;
            }

            var verbatim = new AppendAudioPayload(message.Payload, isBase64: true);
            int start = Begin(verbatim.Length);
            verbatim.Write(_sent.AsSpan(start, verbatim.Length), Key);
            return start + verbatim.Length;
        }

        if (Base64Text.Decode(message.Payload, message.PayloadHasEscapes, _octets, out int length) != Base64TextError.None)
        {
            return 0;
        }

        Span<short> narrow = _narrow.AsSpan(0, MuLaw.Decode(_octets.AsSpan(0, length), _narrow));
        ReadOnlySpan<byte> audio = Mode == CallAudioMode.ALaw
            ? _octets.AsSpan(0, ALaw.Encode(narrow, _octets))
            : MemoryMarshal.AsBytes(_wide.AsSpan(0, _up.Process(narrow, _wide)));
        var append = new AppendAudioPayload(audio, isBase64: false);
        int at = Begin(append.Length);
        append.Write(_sent.AsSpan(at, append.Length), Key);
        return at + append.Length;
    }

    /// <summary>The product's way.</summary>
    /// <returns>Bytes of the outgoing frame.</returns>
    [Benchmark]
    public int Path()
    {
        if (!TryReceive(out Span<byte> text) || MediaStreamsParser.Parse(text, out MediaStreamsEvent message) != MediaStreamsError.None)
        {
            return 0;
        }

        _path!.Forward(message.Payload, message.PayloadHasEscapes, _writer, message.PayloadIsBase64);
        _writer!.Flush();
        return _transport.Flushed;
    }

    /// <summary>As the reader does: what the mask has let through as ASCII is UTF-8.</summary>
    private bool TryReceive(out Span<byte> text)
    {
        WebSocketFrameParser.Parse(_wire, WebSocketRole.Server, false, 65536, 65536, out WebSocketFrameHeader header, out _);
        text = _received.AsSpan(0, (int)header.PayloadLength);
        WebSocketMask.Apply(_wire.AsSpan(header.HeaderLength), text, header.MaskKey, out bool isAscii);
        return isAscii || Utf8Checker.IsValid(text);
    }

    private int Begin(int length) => WebSocketFrameFormatter.WriteHeader(_sent, WebSocketOpcode.Text, fin: true, length, masked: true, Key);
}
