using System.Text;
using BenchmarkDotNet.Attributes;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;

namespace Concierge.Benchmarks.Wire;

/// <summary>
/// From audio to a message: <c>media</c> with one 20 ms frame of mu-law (160 bytes) to the carrier, <c>input_audio_buffer.append</c> with 20 ms of 24 kHz PCM (960 bytes)
/// or with base64 text as it came. Baseline: a copy of as many bytes as the media message has.
/// </summary>
[MemoryDiagnoser]
[BenchmarkCategory("Wire")]
public class JsonFormatBenchmarks
{
    private readonly byte[] _scratch = new byte[4096];
    private readonly byte[] _pcm = new byte[960];
    private readonly byte[] _muLaw = new byte[160];
    private readonly byte[] _streamSid = Encoding.UTF8.GetBytes("MZ18ad3ab5a668481ce02b83e7395059f0");
    private readonly MediaHead _head = new("MZ18ad3ab5a668481ce02b83e7395059f0"u8);
    private byte[] _base64 = [];
    private byte[] _formatted = [];

    /// <summary>Builds the audio and checks every row's text.</summary>
    [GlobalSetup]
    public void Setup()
    {
        new Random(1).NextBytes(_pcm);
        new Random(2).NextBytes(_muLaw);
        string base64 = Convert.ToBase64String(_muLaw);
        _base64 = Encoding.UTF8.GetBytes(base64);
        string media = $"{{\"event\":\"media\",\"streamSid\":\"MZ18ad3ab5a668481ce02b83e7395059f0\",\"media\":{{\"payload\":\"{base64}\"}}}}";
        _formatted = Encoding.UTF8.GetBytes(media);
        Check(FormatMedia(), media);
        Check(FormatMediaVerbatim(), media);
        Check(FormatAppend(), $"{{\"type\":\"input_audio_buffer.append\",\"audio\":\"{Convert.ToBase64String(_pcm)}\"}}");
        Check(FormatAppendVerbatim(), $"{{\"type\":\"input_audio_buffer.append\",\"audio\":\"{base64}\"}}");
        Check(FormatMark(), "{\"event\":\"mark\",\"streamSid\":\"MZ18ad3ab5a668481ce02b83e7395059f0\",\"mark\":{\"name\":\"1:17\"}}");
        Check(CopyMedia(), media);

        void Check(int length, string expected)
        {
            if (Encoding.UTF8.GetString(_scratch, 0, length) != expected)
            {
                throw new InvalidOperationException("A row does not write what it should.");
            }
        }
    }

    /// <summary>The baseline.</summary>
    /// <returns>Bytes written.</returns>
    [Benchmark(Baseline = true)]
    public int CopyMedia()
    {
        _formatted.CopyTo(_scratch, 0);
        return _formatted.Length;
    }

    /// <summary>Audio to the carrier.</summary>
    /// <returns>Bytes written.</returns>
    [Benchmark]
    public int FormatMedia()
    {
        var message = new MediaMessage(_head, _muLaw);
        message.Write(_scratch);
        return message.Length;
    }

    /// <summary>Base64 text to the carrier.</summary>
    /// <returns>Bytes written.</returns>
    [Benchmark]
    public int FormatMediaVerbatim()
    {
        var message = new MediaBase64Message(_head, _base64);
        message.Write(_scratch);
        return message.Length;
    }

    /// <summary>Audio to the model.</summary>
    /// <returns>Bytes written.</returns>
    [Benchmark]
    public int FormatAppend()
    {
        var message = new AppendAudioMessage(_pcm);
        message.Write(_scratch);
        return message.Length;
    }

    /// <summary>Base64 text to the model.</summary>
    /// <returns>Bytes written.</returns>
    [Benchmark]
    public int FormatAppendVerbatim()
    {
        var message = new AppendBase64Message(_base64);
        message.Write(_scratch);
        return message.Length;
    }

    /// <summary>A mark to the carrier.</summary>
    /// <returns>Bytes written.</returns>
    [Benchmark]
    public int FormatMark()
    {
        var message = new MarkMessage(_streamSid, "1:17"u8);
        message.Write(_scratch);
        return message.Length;
    }
}
