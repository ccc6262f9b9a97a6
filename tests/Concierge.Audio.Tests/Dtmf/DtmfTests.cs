namespace Concierge.Audio.Tests;

/// <summary>ITU-T Q.24's limits, and the talk-off test on the project's speech clips.</summary>
public sealed class DtmfTests
{
    [Fact]
    public void Every_key_is_heard_once_through_mu_law()
    {
        Assert.Equal(DtmfTones.Keys, Hear(ThroughMuLaw(Generate(DtmfTones.Keys, -15, 60, 50))));
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(-36)]
    public void Loud_and_faint_keys_are_heard(double level)
    {
        Assert.Equal("159D#", Hear(ThroughMuLaw(Generate("159D#", level, 50, 45))));
    }

    [Fact]
    public void A_key_pressed_twice_is_two_keys()
    {
        Assert.Equal("5577", Hear(Generate("5577", -15, 40, 45)));
    }

    [Theory]
    [InlineData(-0.015, true)]
    [InlineData(0.015, true)]
    [InlineData(-0.035, false)]
    [InlineData(0.035, false)]
    public void Frequencies_are_taken_within_one_and_a_half_percent_and_not_beyond_three_and_a_half(double offset, bool heard)
    {
        foreach (char key in DtmfTones.Keys)
        {
            (double low, double high) = DtmfTones.Frequencies(key);
            Assert.Equal(heard ? key.ToString() : "", Hear(Pair(low * (1 + offset), high * (1 + offset), 4000, 4000, 80)));
            Assert.Equal(heard ? key.ToString() : "", Hear(Pair(low * (1 + offset), high, 4000, 4000, 80)));
        }
    }

    [Theory]
    [InlineData(40, true)]
    [InlineData(23, false)]
    public void Tones_of_forty_milliseconds_are_taken_and_of_twenty_three_are_not(int milliseconds, bool heard)
    {
        foreach (char key in DtmfTones.Keys)
        {
            (double low, double high) = DtmfTones.Frequencies(key);
            for (int phase = 0; phase < 64; phase += 9)
            {
                Assert.Equal(heard ? key.ToString() : "", Hear([.. new short[400 + phase], .. Pair(low, high, 4000, 4000, milliseconds), .. new short[800]]));
            }
        }
    }

    [Theory]
    [InlineData(3.5, true)] // the high group stronger
    [InlineData(-7.5, true)]
    [InlineData(6, false)]
    [InlineData(-10, false)]
    public void Twist_is_taken_up_to_four_decibels_one_way_and_eight_the_other(double highOverLowDb, bool heard)
    {
        foreach (char key in DtmfTones.Keys)
        {
            (double low, double high) = DtmfTones.Frequencies(key);
            Assert.Equal(heard ? key.ToString() : "", Hear(Pair(low, high, 4000, 4000 * Math.Pow(10, highOverLowDb / 20), 80)));
        }
    }

    [Fact]
    public void A_break_of_ten_milliseconds_does_not_make_two_keys()
    {
        (double low, double high) = DtmfTones.Frequencies('8');
        short[] tone = Pair(low, high, 4000, 4000, 120);
        tone.AsSpan(400, 80).Clear();
        Assert.Equal("8", Hear(tone));
    }

    [Fact]
    public void One_tone_alone_and_noise_are_no_key()
    {
        Assert.Equal("", Hear(Pair(697, 1209, 8000, 0, 400)));
        Assert.Equal("", Hear(Pair(697, 1209, 0, 8000, 400)));
        Assert.Equal("", Hear(Signals.Noise(80000, 4, 12000)));
    }

    [Fact]
    public void Speech_is_never_taken_for_a_key()
    {
        int heard = 0;
        foreach (string path in Clips.Paths("*.ulaw"))
        {
            heard++;
            Assert.Equal("", Hear(Clips.MuLaw(path)));
        }

        Assert.True(heard > 5, "the clips are missing");
    }

    [Fact]
    public void Any_split_gives_the_same_keys()
    {
        short[] samples = Generate("0123*", -18, 70, 60);
        string whole = Hear(samples);
        var detector = new DtmfDetector();
        var keys = new char[4];
        string split = "";
        for (int at = 0, step = 1; at < samples.Length; at += step, step = (step * 7 % 90) + 1)
        {
            int count = detector.Process(samples.AsSpan(at, Math.Min(step, samples.Length - at)), keys);
            split += new string(keys, 0, count);
        }

        Assert.Equal(whole, split);
    }

    private static short[] Generate(string keys, double level, int tone, int pause)
    {
        var generator = new DtmfGenerator(8000, level, tone, pause);
        generator.Enqueue(keys);
        var samples = new short[(keys.Length * 8 * (tone + pause)) + 800];
        Assert.Equal(samples.Length - 800, generator.Process(samples));
        Assert.False(generator.IsBusy);
        return samples;
    }

    private static short[] Pair(double low, double high, double lowAmplitude, double highAmplitude, int milliseconds)
    {
        var samples = new short[8 * milliseconds];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (short)Math.Round((lowAmplitude * Math.Sin(2 * Math.PI * low * i / 8000)) + (highAmplitude * Math.Sin(2 * Math.PI * high * i / 8000)));
        }

        return samples;
    }

    private static short[] ThroughMuLaw(short[] samples)
    {
        var codes = new byte[samples.Length];
        MuLaw.Encode(samples, codes);
        MuLaw.Decode(codes, samples);
        return samples;
    }

    private static string Hear(short[] samples)
    {
        var keys = new char[64];
        return new string(keys, 0, new DtmfDetector().Process(samples, keys));
    }
}
