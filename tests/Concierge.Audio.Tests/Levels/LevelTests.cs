namespace Concierge.Audio.Tests;

public sealed class LevelTests
{
    [Fact]
    public void A_full_scale_square_is_0_dBFS_and_a_sine_3_below()
    {
        var square = new short[1000];
        Array.Fill(square, short.MinValue);
        Assert.Equal(0, PcmLevel.ToDecibels(PcmLevel.Rms(square)), 9);
        Assert.Equal(32768, PcmLevel.Peak(square));
        Assert.Equal(-3.01, PcmLevel.ToDecibels(PcmLevel.Rms(Signals.Tone(8000, 1000, 8000, 0))), 2);
        Assert.Equal(double.NegativeInfinity, PcmLevel.ToDecibels(PcmLevel.Rms([])));
    }

    [Fact]
    public void The_sum_of_squares_is_exact_at_every_length()
    {
        short[] samples = Signals.Noise(300, 6);
        samples.AsSpan(100, 64).Fill(short.MinValue);
        long sum = 0;
        for (int length = 0; length < samples.Length; length++)
        {
            Assert.Equal(sum, PcmLevel.SumOfSquares(samples.AsSpan(0, length)));
            sum += (long)samples[length] * samples[length];
        }
    }

    [Fact]
    public void Companded_levels_are_those_of_the_decoded_samples()
    {
        foreach (double amplitude in (double[])[0, 40, 900, 32767])
        {
            short[] samples = Signals.Noise(777, 8, amplitude);
            var codes = new byte[samples.Length];
            var decoded = new short[samples.Length];
            MuLaw.Encode(samples, codes);
            MuLaw.Decode(codes, decoded);
            Assert.Equal(PcmLevel.Peak(decoded), MuLaw.Peak(codes));
            Assert.Equal(PcmLevel.Rms(decoded), MuLaw.Rms(codes), 12);
            Assert.Equal(amplitude <= 40, MuLaw.IsSilence(codes));
            ALaw.Encode(samples, codes);
            ALaw.Decode(codes, decoded);
            Assert.Equal(PcmLevel.Peak(decoded), ALaw.Peak(codes));
            Assert.Equal(PcmLevel.Rms(decoded), ALaw.Rms(codes), 12);
        }
    }

    [Fact]
    public void Code_conversion_is_monotone_keeps_the_sign_and_stays_within_one_step_of_decoding_and_encoding()
    {
        byte[] codes = G711StandardTests.AllCodes();
        var converted = new byte[256];
        MuLaw.ToALaw(codes, converted);
        Check(codes, converted, StandardTables.MuLawSample, StandardTables.ALawSample, StandardTables.ALawCode, code => (code ^ 0x55) & 0x7F);
        ALaw.ToMuLaw(codes, converted);
        Check(codes, converted, StandardTables.ALawSample, StandardTables.MuLawSample, StandardTables.MuLawCode, code => ~code & 0x7F);

        byte[] inPlace = [.. codes];
        ALaw.ToMuLaw(inPlace, inPlace);
        Assert.Equal(converted, inPlace);

        static void Check(byte[] from, byte[] to, Func<byte, short> fromSample, Func<byte, short> toSample, Func<short, byte> encode, Func<byte, int> number)
        {
            for (int i = 0; i < 256; i++)
            {
                Assert.Equal(from[i] & 0x80, to[i] & 0x80);
                Assert.InRange(Math.Abs(number(to[i]) - number(encode(fromSample(from[i])))), 0, 1);
            }

            byte[] ordered = [.. from.Where(code => code >= 0x80).OrderBy(code => fromSample(code))];
            for (int i = 1; i < ordered.Length; i++)
            {
                Assert.True(toSample(to[ordered[i]]) >= toSample(to[ordered[i - 1]]));
            }
        }
    }

    [Fact]
    public void The_peak_is_found_wherever_it_stands()
    {
        for (int length = 1; length < 100; length++)
        {
            var samples = new short[length];
            var codes = new byte[length];
            for (int at = 0; at < length; at++)
            {
                Array.Fill(samples, (short)3);
                samples[at] = (short)(at % 2 == 0 ? -12_345 : 12_345);
                Assert.Equal(12_345, PcmLevel.Peak(samples));
                Array.Fill(codes, MuLaw.Silence);
                codes[at] = 0x12;
                Assert.Equal(Math.Abs((int)StandardTables.MuLawSample(0x12)), MuLaw.Peak(codes));
                Array.Fill(codes, ALaw.Silence);
                codes[at] = 0x12;
                Assert.Equal(Math.Abs((int)StandardTables.ALawSample(0x12)), ALaw.Peak(codes));
            }
        }
    }

    [Fact]
    public void A_recording_is_analyzed()
    {
        var analyzer = new AudioAnalyzer(16000);
        analyzer.Process(Signals.Tone(16000, 2000, 16000, -6));
        analyzer.Process(new short[16000]);
        AudioAnalysis figures = analyzer.Finish();
        Assert.Equal(2, figures.Duration.TotalSeconds, 6);
        Assert.Equal(-12.04, figures.RmsDbfs, 1);
        Assert.Equal(-9.03, figures.ActiveDbfs, 1);
        Assert.Equal(-6, figures.PeakDbfs, 1);
        Assert.Equal(0.5, figures.SilentShare, 2);
        Assert.Equal(1, figures.LongestSilence.TotalSeconds, 2);
        Assert.InRange(figures.BandwidthHz, 1950, 2100);
        Assert.Equal(0, figures.ClippedSamples);

        var clipped = new AudioAnalyzer(8000);
        var loud = new short[8000];
        loud.AsSpan(100, 5).Fill(short.MaxValue);
        loud[300] = short.MaxValue;
        clipped.Process(loud);
        Assert.Equal(5, clipped.Finish().ClippedSamples);
    }
}
