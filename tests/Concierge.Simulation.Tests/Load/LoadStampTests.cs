using Concierge.Audio;
using Concierge.Simulation.Load;

namespace Concierge.Simulation.Tests.Load;

public sealed class LoadStampTests
{
    private const int Frames = 200;

    [Theory]
    [InlineData(160)]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(401)]
    public void Every_stamp_comes_out_of_mu_law_in_pieces_of_any_size(int piece)
    {
        short[] samples = MuLawFrames(Frames);
        Assert.Equal(Expected(Frames), Detect(new LoadStampDetector(8000), samples, piece));
    }

    [Theory]
    [InlineData(ResamplerProfile.Balanced)]
    [InlineData(ResamplerProfile.LowLatency)]
    [InlineData(ResamplerProfile.HighFidelity)]
    [InlineData(ResamplerProfile.MinimumPhase)]
    public void Stamps_survive_g711_and_resampling_up(ResamplerProfile profile)
    {
        short[] wide = Resample(MuLawFrames(Frames), 8000, 24000, profile);
        Assert.Equal(Expected(Frames), Detect(new LoadStampDetector(24000), wide, 480));
    }

    [Theory]
    [InlineData(ResamplerProfile.Balanced)]
    [InlineData(ResamplerProfile.LowLatency)]
    [InlineData(ResamplerProfile.HighFidelity)]
    [InlineData(ResamplerProfile.MinimumPhase)]
    public void Stamps_survive_resampling_down_and_g711(ResamplerProfile profile)
    {
        short[] narrow = ThroughMuLaw(Resample(PcmFrames(Frames), 24000, 8000, profile));
        Assert.Equal(Expected(Frames), Detect(new LoadStampDetector(8000), narrow, 160));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.8)]
    [InlineData(1.5)]
    [InlineData(-1.0)]
    public void A_change_of_gain_is_survived_and_a_turned_sign_is_not_taken_for_a_stamp(double gain)
    {
        short[] samples = [.. MuLawFrames(Frames).Select(s => (short)Math.Clamp(s * gain, short.MinValue, short.MaxValue))];
        var detector = new LoadStampDetector(8000);
        (int, bool)[] found = Detect(detector, samples, 160);
        if (gain > 0)
        {
            Assert.Equal(Expected(Frames), found);
        }
        else
        {
            Assert.Empty(found);
            Assert.Equal(Frames, detector.Broken);
        }
    }

    [Fact]
    public void A_linear_interpolator_of_somebody_elses_bridge_is_survived()
    {
        short[] narrow = MuLawFrames(Frames);
        short[] wide = new short[narrow.Length * 3];
        for (int i = 0; i < wide.Length; i++)
        {
            short a = narrow[i / 3];
            short b = narrow[Math.Min((i / 3) + 1, narrow.Length - 1)];
            wide[i] = (short)(a + ((b - a) * (i % 3) / 3));
        }

        Assert.Equal(Expected(Frames), Detect(new LoadStampDetector(24000), wide, 480));
    }

    [Fact]
    public void The_stamp_of_a_frame_is_complete_with_the_message_that_carries_it()
    {
        short[] wide = Resample(MuLawFrames(10), 8000, 24000, ResamplerProfile.Balanced);
        var detector = new LoadStampDetector(24000);
        for (int i = 0; i < 10; i++)
        {
            Assert.Single(Detect(detector, wide.AsSpan(i * 480, 480).ToArray(), 480));
        }
    }

    [Fact]
    public void Speech_and_noise_hold_no_stamps()
    {
        var random = new Random(5);
        short[] noise = [.. Enumerable.Range(0, 200_000).Select(i => (short)(i % 700 < 350 ? 0 : random.Next(-20_000, 20_000)))];
        int found = Detect(new LoadStampDetector(8000), noise, 160).Length;
        Assert.True(found <= 6, $"{found} of some 285 bursts passed a check of 8 bits");
    }

    [Fact]
    public void A_wrong_bit_is_seen()
    {
        uint bits = LoadStamp.Pack(4321, isId: true);
        Assert.True(LoadStamp.TryUnpack(bits, out int value, out bool isId));
        Assert.Equal((4321, true), (value, isId));
        for (int i = 0; i < LoadStamp.Bits; i++)
        {
            Assert.False(LoadStamp.TryUnpack(bits ^ (1u << i), out _, out _));
        }

        Assert.False(LoadStamp.TryUnpack(0, out _, out _));
        Assert.False(LoadStamp.TryUnpack(0xFFFFFF, out _, out _));
    }

    private static (int, bool)[] Expected(int frames) => [.. Enumerable.Range(0, frames).Select(i => (i * 81 % 16384, i % 3 == 0))];

    private static short[] MuLawFrames(int frames)
    {
        byte[] octets = new byte[160 * frames];
        for (int i = 0; i < frames; i++)
        {
            LoadStamp.Write(octets.AsSpan(i * 160, 160), i * 81 % 16384, i % 3 == 0);
        }

        short[] samples = new short[octets.Length];
        MuLaw.Decode(octets, samples);
        return samples;
    }

    private static short[] PcmFrames(int frames)
    {
        short[] samples = new short[480 * frames];
        for (int i = 0; i < frames; i++)
        {
            LoadStamp.Write(samples.AsSpan(i * 480, 480), i * 81 % 16384, i % 3 == 0);
        }

        return samples;
    }

    private static short[] Resample(short[] samples, int from, int to, ResamplerProfile profile)
    {
        // One frame of silence behind, so that the filter gives its last samples.
        var stage = new ResamplerStage(PolyphaseFilter.For(from, to, profile));
        short[] padded = [.. samples, .. new short[from / 50]];
        short[] output = new short[((long)padded.Length * to / from) + 64];
        return output[..stage.Process(padded, output)];
    }

    private static short[] ThroughMuLaw(short[] samples)
    {
        byte[] octets = new byte[samples.Length];
        MuLaw.Encode(samples, octets);
        short[] back = new short[samples.Length];
        MuLaw.Decode(octets, back);
        return back;
    }

    private static (int, bool)[] Detect(LoadStampDetector detector, short[] samples, int piece)
    {
        List<(int, bool)> found = [];
        for (int at = 0; at < samples.Length; at += piece)
        {
            ReadOnlySpan<short> rest = samples.AsSpan(at, Math.Min(piece, samples.Length - at));
            while (detector.TryRead(ref rest, out int value, out bool isId))
            {
                found.Add((value, isId));
            }
        }

        return [.. found];
    }
}
