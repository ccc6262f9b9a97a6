using BenchmarkDotNet.Attributes;
using Concierge.Audio;

namespace Concierge.Benchmarks.Audio;

/// <summary>One 20 ms frame from 8 to 24 kHz and back, each profile.</summary>
[BenchmarkCategory("Audio", "Hot")]
public class ResamplerBenchmarks
{
    private readonly short[] _narrow = new short[160];
    private readonly short[] _wide = new short[480];
    private readonly short[] _output = new short[480];
    private ResamplerStage _up = null!;
    private ResamplerStage _down = null!;

    [ParamsAllValues]
    public ResamplerProfile Profile { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _up = new ResamplerStage(8000, 24000, Profile);
        _down = new ResamplerStage(24000, 8000, Profile);
        Tone.Fill(_narrow, 1000, 8000);
        Tone.Fill(_wide, 1000, 24000);

        // A 1 kHz tone repeats within a frame: in the steady state each frame is the same, and as loud as what went in.
        for (int i = 0; i < 5; i++)
        {
            Expect.True(Up() == 480, "480 samples up");
        }

        Expect.True(Math.Abs(PcmLevel.Rms(_output) - PcmLevel.Rms(_narrow)) < 0.01, "level up");
        for (int i = 0; i < 5; i++)
        {
            Expect.True(Down() == 160, "160 samples down");
        }

        Expect.True(Math.Abs(PcmLevel.Rms(_output.AsSpan(0, 160)) - PcmLevel.Rms(_wide)) < 0.01, "level down");
    }

    [Benchmark]
    public int Up() => _up.Process(_narrow, _output);

    [Benchmark]
    public int Down() => _down.Process(_wide, _output);
}
