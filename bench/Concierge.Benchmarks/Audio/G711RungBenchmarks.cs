using BenchmarkDotNet.Attributes;
using Concierge.Audio;

namespace Concierge.Benchmarks.Audio;

/// <summary>Every rung of the ladder that this processor has, side by side in one process: each against the one below it.</summary>
[BenchmarkCategory("Audio", "Hot")]
public class G711RungBenchmarks
{
    private readonly byte[] _codes = new byte[8192];
    private readonly short[] _samples = new short[8192];

    [ParamsSource(nameof(Levels))]
    public SimdLevel Level { get; set; }

    public static IEnumerable<SimdLevel> Levels => Enum.GetValues<SimdLevel>().Where(SimdSupport.IsSupported);

    [GlobalSetup]
    public void Setup()
    {
        new Random(2).NextBytes(_codes);
        MuLawDecode();
        Expect.Equal<short>(Array.ConvertAll(_codes, G711Scalar.MuLawSample), _samples);
        byte[] before = [.. _codes];
        MuLawEncode();
        Expect.Equal<byte>(Array.ConvertAll(_samples, G711Scalar.MuLawCode), _codes);
        before.CopyTo(_codes, 0);
    }

    [Benchmark]
    public int MuLawDecode() => MuLaw.Decode(Level, _codes, _samples);

    [Benchmark]
    public int MuLawEncode() => MuLaw.Encode(Level, _samples, _codes);
}
