using System.Text;
using BenchmarkDotNet.Attributes;
using Concierge.Protocols;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;

namespace Concierge.Benchmarks.Wire;

/// <summary>
/// From a carrier's <c>media</c> and a model's audio delta to the base64 text inside, and on to the bytes. One 20 ms frame of mu-law each (160 bytes); the larger delta
/// is 200 ms of 24 kHz PCM. Baseline: a copy of the message, the least that anything could do with it. The slow rows are the complete parser on the same text.
/// </summary>
[MemoryDiagnoser]
[BenchmarkCategory("Wire")]
public class JsonParseBenchmarks
{
    private readonly byte[] _scratch = new byte[32 * 1024];
    private byte[] _media = [];
    private byte[] _delta = [];
    private byte[] _largeDelta = [];
    private byte[] _transcript = [];

    /// <summary>Builds the messages and checks that every row reads what was put in.</summary>
    [GlobalSetup]
    public void Setup()
    {
        byte[] audio = new byte[9600];
        new Random(1).NextBytes(audio);
        string frame = Convert.ToBase64String(audio, 0, 160);
        const string Head = "{\"type\":\"response.output_audio.delta\",\"event_id\":\"event_CVPhRzcWRJuOY1PBGCYrp\",\"response_id\":\"resp_CVPhQ7RYQF3Ctmsf3oGNb\","
            + "\"item_id\":\"item_CVPhQqeJKRJpGuEFnqYcD\",\"output_index\":0,\"content_index\":0,\"delta\":\"";
        _media = Encoding.UTF8.GetBytes(
            "{\"event\":\"media\",\"sequenceNumber\":\"74\",\"streamSid\":\"MZ18ad3ab5a668481ce02b83e7395059f0\",\"media\":{\"track\":\"inbound\",\"chunk\":\"73\","
            + $"\"timestamp\":\"1593\",\"payload\":\"{frame}\"}}}}");
        _delta = Encoding.UTF8.GetBytes(Head + frame + "\"}");
        _largeDelta = Encoding.UTF8.GetBytes(Head + Convert.ToBase64String(audio) + "\"}");
        _transcript = Encoding.UTF8.GetBytes(
            (Head + "A table for \\\"two\\\" at eight\"}").Replace("output_audio.delta", "output_audio_transcript.delta", StringComparison.Ordinal));

        Check(ParseMedia() == 216 && ParseMediaSlow() == 216 && ParseMediaAndDecode() == 160 && _scratch.AsSpan(0, 160).SequenceEqual(audio.AsSpan(0, 160)));
        Check(ParseDelta() == 216 && ParseDeltaSlow() == 216 && ParseDeltaAndDecode() == 160 && _scratch.AsSpan(0, 160).SequenceEqual(audio.AsSpan(0, 160)));
        Check(ParseLargeDeltaAndDecode() == 9600 && _scratch.AsSpan(0, 9600).SequenceEqual(audio));
        Check(ParseTranscriptDelta() > 0 && CopyMedia() > 0);

        static void Check(bool holds)
        {
            if (!holds)
            {
                throw new InvalidOperationException("A row does not read what was written.");
            }
        }
    }

    /// <summary>The baseline.</summary>
    /// <returns>Bytes copied.</returns>
    [Benchmark(Baseline = true)]
    public int CopyMedia()
    {
        _media.CopyTo(_scratch, 0);
        return _media.Length;
    }

    /// <summary>The scanner.</summary>
    /// <returns>Characters of base64 text.</returns>
    [Benchmark]
    public int ParseMedia()
    {
        MediaStreamsParser.Parse(_media, out MediaStreamsEvent message);
        return message.Payload.Length;
    }

    /// <summary>The scanner and the decoder.</summary>
    /// <returns>Bytes of audio.</returns>
    [Benchmark]
    public int ParseMediaAndDecode()
    {
        MediaStreamsParser.Parse(_media, out MediaStreamsEvent message);
        Base64Text.Decode(message.Payload, message.PayloadHasEscapes, _scratch, out int written);
        return written;
    }

    /// <summary>The complete parser.</summary>
    /// <returns>Characters of base64 text.</returns>
    [Benchmark]
    public int ParseMediaSlow()
    {
        MediaStreamsParser.ParseSlow(_media, out MediaStreamsEvent message);
        return message.Payload.Length;
    }

    /// <summary>The scanner.</summary>
    /// <returns>Characters of base64 text.</returns>
    [Benchmark]
    public int ParseDelta()
    {
        RealtimeServerEventParser.Parse(_delta, out RealtimeServerEvent e);
        return e.Delta.Length;
    }

    /// <summary>The scanner and the decoder.</summary>
    /// <returns>Bytes of audio.</returns>
    [Benchmark]
    public int ParseDeltaAndDecode()
    {
        RealtimeServerEventParser.Parse(_delta, out RealtimeServerEvent e);
        Base64Text.Decode(e.Delta, e.DeltaHasEscapes, _scratch, out int written);
        return written;
    }

    /// <summary>The complete parser.</summary>
    /// <returns>Characters of base64 text.</returns>
    [Benchmark]
    public int ParseDeltaSlow()
    {
        RealtimeServerEventParser.ParseSlow(_delta, out RealtimeServerEvent e);
        return e.Delta.Length;
    }

    /// <summary>The scanner and the decoder on 9,600 bytes.</summary>
    /// <returns>Bytes of audio.</returns>
    [Benchmark]
    public int ParseLargeDeltaAndDecode()
    {
        RealtimeServerEventParser.Parse(_largeDelta, out RealtimeServerEvent e);
        Base64Text.Decode(e.Delta, e.DeltaHasEscapes, _scratch, out int written);
        return written;
    }

    /// <summary>An event that is not hot: the scanner gives up, the complete parser reads it.</summary>
    /// <returns>Characters of raw text.</returns>
    [Benchmark]
    public int ParseTranscriptDelta()
    {
        RealtimeServerEventParser.Parse(_transcript, out RealtimeServerEvent e);
        return e.Delta.Length;
    }
}
