namespace Concierge.Audio.Tests;

public sealed class SpeechTests
{
    [Fact]
    public void Speech_is_reported_after_the_attack_and_ended_after_the_hang_over_with_true_edges()
    {
        var detector = new VoiceActivityDetector(8000, new VoiceActivityOptions { AttackMilliseconds = 40, HangOverMilliseconds = 200 });
        Assert.False(detector.Process(new short[4000]));
        short[] tone = Signals.Tone(8000, 500, 8000, -20);
        Assert.False(detector.Process(tone.AsSpan(0, 319)));
        Assert.True(detector.Process(tone.AsSpan(319, 1)));
        Assert.Equal(4000, detector.SpeechStartedAt);
        Assert.True(detector.Process(tone.AsSpan(320)));
        Assert.True(detector.Process(new short[1599]));
        Assert.False(detector.Process(new short[1]));
        Assert.Equal(12000, detector.SpeechEndedAt);
    }

    [Fact]
    public void A_click_is_not_speech_and_a_short_gap_does_not_end_it()
    {
        var detector = new VoiceActivityDetector(24000);
        Assert.False(detector.Process(Signals.Tone(480, 500, 24000, -10)));
        Assert.False(detector.Process(new short[24000]));
        Assert.True(detector.Process(Signals.Tone(12000, 500, 24000, -20)));
        Assert.True(detector.Process(new short[24000 / 5]));
        Assert.True(detector.Process(Signals.Tone(2400, 500, 24000, -20)));
        Assert.Equal(24480, detector.SpeechStartedAt);
    }

    [Fact]
    public void Each_clip_of_real_speech_is_one_stretch_wherever_it_is_cut()
    {
        string[] paths = Clips.Paths("*.ulaw");
        Assert.NotEmpty(paths);
        foreach (string path in paths)
        {
            short[] samples = [.. new short[1600], .. Clips.MuLaw(path), .. new short[8000]];
            (int starts, long begin, long end) whole = Listen(samples, samples.Length);
            Assert.True(whole.starts == 1, $"{Path.GetFileName(path)}: {whole.starts} stretches");
            Assert.True(whole.begin is >= 1600 and < 4000, $"{Path.GetFileName(path)} starts at {whole.begin}");
            Assert.True(whole.end > samples.Length - 8000 - 4800 && whole.end < samples.Length - 7000, $"{Path.GetFileName(path)} ends at {whole.end} of {samples.Length}");
            Assert.Equal(whole, Listen(samples, 37));
        }
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        Assert.Contains("AttackMilliseconds", Assert.Throws<ArgumentOutOfRangeException>(() => new VoiceActivityDetector(8000, new VoiceActivityOptions { AttackMilliseconds = 5 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new VoiceActivityDetector(44100));
    }

    [Theory]
    [InlineData(-65)]
    [InlineData(-40)]
    public void Comfort_noise_has_its_level_and_repeats_for_a_seed(double level)
    {
        var noise = new ComfortNoise(level, seed: 7);
        var samples = new short[80000];
        noise.Process(samples);
        Assert.InRange(PcmLevel.ToDecibels(PcmLevel.Rms(samples)), level - 0.5, level + 0.5);
        noise.Reset();
        var again = new short[80000];
        for (int at = 0; at < again.Length; at += 160)
        {
            noise.Process(again.AsSpan(at, 160));
        }

        Assert.Equal(samples, again);
    }

    private static (int Starts, long Begin, long End) Listen(short[] samples, int step)
    {
        var detector = new VoiceActivityDetector(8000, new VoiceActivityOptions { HangOverMilliseconds = 400 });
        int starts = 0;
        long last = -1;
        for (int at = 0; at < samples.Length; at += step)
        {
            detector.Process(samples.AsSpan(at, Math.Min(step, samples.Length - at)));
            if (detector.SpeechStartedAt != last)
            {
                starts++;
                last = detector.SpeechStartedAt;
            }
        }

        return (starts, detector.SpeechStartedAt, detector.SpeechEndedAt);
    }
}
