using BenchmarkDotNet.Attributes;
using Concierge.Audio;

namespace Concierge.Benchmarks.Audio;

/// <summary>G.711 against a plain copy of as many 16-bit samples, and against the table loops that most code uses.</summary>
[BenchmarkCategory("Audio", "Hot")]
public class G711Benchmarks
{
    private byte[] _codes = [];
    private short[] _samples = [];
    private byte[] _codesOut = [];
    private short[] _samplesOut = [];
    private short[] _decodeTable = [];
    private byte[] _encodeTable = [];

    /// <summary>One 20 ms frame, and what fills the first cache.</summary>
    [Params(160, 8192)]
    public int Samples { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _codes = new byte[Samples];
        random.NextBytes(_codes);
        _samples = new short[Samples];
        for (int i = 0; i < Samples; i++)
        {
            _samples[i] = (short)random.Next(-32768, 32768);
        }

        _codesOut = new byte[Samples];
        _samplesOut = new short[Samples];
        _decodeTable = new short[256];
        for (int i = 0; i < 256; i++)
        {
            _decodeTable[i] = G711Scalar.MuLawSample((byte)i);
        }

        _encodeTable = new byte[65536];
        for (int i = 0; i < 65536; i++)
        {
            _encodeTable[i] = G711Scalar.MuLawCode((short)i);
        }

        MuLawDecode();
        Expect.Equal<short>(Array.ConvertAll(_codes, G711Scalar.MuLawSample), _samplesOut);
        TableDecode();
        Expect.Equal<short>(Array.ConvertAll(_codes, G711Scalar.MuLawSample), _samplesOut);
        ALawDecode();
        Expect.Equal<short>(Array.ConvertAll(_codes, G711Scalar.ALawSample), _samplesOut);
        MuLawEncode();
        Expect.Equal<byte>(Array.ConvertAll(_samples, G711Scalar.MuLawCode), _codesOut);
        TableEncode();
        Expect.Equal<byte>(Array.ConvertAll(_samples, G711Scalar.MuLawCode), _codesOut);
        ALawEncode();
        Expect.Equal<byte>(Array.ConvertAll(_samples, G711Scalar.ALawCode), _codesOut);
    }

    [Benchmark(Baseline = true)]
    public void CopySamples() => _samples.AsSpan().CopyTo(_samplesOut);

    [Benchmark]
    public void CopyCodes() => _codes.AsSpan().CopyTo(_codesOut);

    [Benchmark]
    public int MuLawDecode() => MuLaw.Decode(_codes, _samplesOut);

    [Benchmark]
    public int MuLawEncode() => MuLaw.Encode(_samples, _codesOut);

    [Benchmark]
    public int ALawDecode() => ALaw.Decode(_codes, _samplesOut);

    [Benchmark]
    public int ALawEncode() => ALaw.Encode(_samples, _codesOut);

    [Benchmark]
    public void TableDecode()
    {
        byte[] codes = _codes;
        short[] samples = _samplesOut;
        short[] table = _decodeTable;
        for (int i = 0; i < codes.Length && i < samples.Length; i++)
        {
            samples[i] = table[codes[i]];
        }
    }

    [Benchmark]
    public void TableEncode()
    {
        byte[] codes = _codesOut;
        short[] samples = _samples;
        byte[] table = _encodeTable;
        for (int i = 0; i < samples.Length && i < codes.Length; i++)
        {
            codes[i] = table[(ushort)samples[i]];
        }
    }
}
