using System.Runtime.InteropServices;
using Concierge.Benchmarks.Audio;

namespace Concierge.Audio.Tests;

/// <summary>Quality from outside, by the benches' own yardstick: ours as documented, and beside SpeexDSP where a distribution has it.</summary>
public sealed class ResamplerPeerTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(8000, 24000, ResamplerProfile.LowLatency)]
    [InlineData(8000, 24000, ResamplerProfile.Balanced)]
    [InlineData(24000, 8000, ResamplerProfile.Balanced)]
    [InlineData(24000, 8000, ResamplerProfile.MinimumPhase)]
    public void Tones_through_a_stage_measure_what_its_coefficients_promise(int from, int to, ResamplerProfile profile)
    {
        ConversionQuality measured = Measure(from, to, $"{profile}", () => new OurResampler(from, to, profile));
        PolyphaseFilter filter = PolyphaseFilter.For(from, to, profile);
        Assert.Equal(filter.GroupDelaySeconds * 1000, measured.DelayMilliseconds, 0.002);
        Assert.InRange(measured.RippleDb, 0, FilterResponse.RippleDb(filter, 3400) + 0.0005);

        // At 100 Hz steps the very worst frequency is missed, by less than 2 dB.
        Assert.InRange(measured.RejectionDb, FilterResponse.RejectionDb(filter, 3400) - 0.2, FilterResponse.RejectionDb(filter, 3400) + 2);
    }

    [Theory]
    [InlineData(8000, 24000)]
    [InlineData(24000, 8000)]
    public void High_fidelity_is_better_than_SpeexDSP_3_in_every_figure_and_earlier(int from, int to)
    {
        ConversionQuality peer = Speex3(from, to);
        ConversionQuality ours = Measure(from, to, "HighFidelity", () => new OurResampler(from, to, ResamplerProfile.HighFidelity));
        Assert.True(ours.RippleDb < peer.RippleDb);
        Assert.True(ours.RejectionDb > peer.RejectionDb);
        Assert.True(ours.SignalToNoiseDb > peer.SignalToNoiseDb);
        Assert.True(ours.DelayMilliseconds < peer.DelayMilliseconds);
    }

    [Theory]
    [InlineData(8000, 24000)]
    [InlineData(24000, 8000)]
    public void Balanced_is_better_than_SpeexDSP_3_in_every_figure_and_a_millisecond_earlier(int from, int to)
    {
        ConversionQuality peer = Speex3(from, to);
        ConversionQuality ours = Measure(from, to, "Balanced", () => new OurResampler(from, to, ResamplerProfile.Balanced));
        Assert.True(ours.RippleDb < peer.RippleDb / 100);
        Assert.True(ours.RejectionDb > peer.RejectionDb + 1);
        Assert.True(ours.SignalToNoiseDb > peer.SignalToNoiseDb);
        Assert.True(ours.DelayMilliseconds < peer.DelayMilliseconds - 1);
    }

    private ConversionQuality Speex3(int from, int to)
    {
        bool there = NativeLibrary.TryLoad(SpeexResampler.Library, out nint handle);
        Assert.SkipUnless(there, $"{SpeexResampler.Library} is not installed: apt-get install libspeexdsp1");
        NativeLibrary.Free(handle);
        return Measure(from, to, "SpeexDSP 3", () => new SpeexResampler(from, to, 3));
    }

    private ConversionQuality Measure(int from, int to, string name, Func<IResampler> create)
    {
        var measured = ConversionQuality.Measure(from, to, create);
        output.WriteLine($"{from} -> {to} {name}: {measured}");
        return measured;
    }
}
