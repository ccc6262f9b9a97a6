using BenchmarkDotNet.Attributes;
using Concierge.Audio;
using Concierge.Benchmarks.Harness;

namespace Concierge.Benchmarks.Audio;

/// <summary>The same 20 ms frame through SpeexDSP and soxr, where a distribution has them: side by side with the balanced profile. Peers are called as C calls them, through P/Invoke.</summary>
[BenchmarkCategory("Audio")]
public class ResamplerPeerBenchmarks
{
    private readonly short[] _input = new short[480];
    private readonly short[] _output = new short[640];
    private ResamplerStage _stage = null!;
    private SpeexResampler? _speex3;
    private SpeexResampler? _speex5;
    private SoxrResampler? _soxr;
    private int _frame;

    /// <summary>True: 8 to 24 kHz; false: back.</summary>
    [Params(true, false)]
    public bool Up { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        (int from, int to) = Up ? (8000, 24000) : (24000, 8000);
        _frame = from / 50;
        Tone.Fill(_input, 1000, from);
        _stage = new ResamplerStage(from, to);
        if (NativePeers.IsInstalled(NativePeers.Speex))
        {
            _speex3 = new SpeexResampler(from, to, 3);
            _speex5 = new SpeexResampler(from, to, 5);
        }

        if (NativePeers.IsInstalled(NativePeers.Soxr))
        {
            _soxr = new SoxrResampler(from, to);
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _speex3?.Dispose();
        _speex5?.Dispose();
        _soxr?.Dispose();
    }

    [Benchmark]
    public int Balanced() => _stage.Process(_input.AsSpan(0, _frame), _output);

    [Benchmark]
    [BenchmarkCategory(NativePeers.Speex)]
    public int Speex3() => _speex3!.Process(_input.AsSpan(0, _frame), _output);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory(NativePeers.Speex)]
    public int Speex5() => _speex5!.Process(_input.AsSpan(0, _frame), _output);

    [Benchmark]
    [BenchmarkCategory(NativePeers.Soxr)]
    public int SoxrHighQuality() => _soxr!.Process(_input.AsSpan(0, _frame), _output);
}
