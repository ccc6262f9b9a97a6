namespace Concierge.Audio.Tests;

public sealed class G711StandardTests
{
    [Fact]
    public void The_independent_tables_close_at_the_standards_virtual_decision_values()
    {
        Assert.Equal((8159, 4096), StandardTables.LastDecision);
    }

    [Fact]
    public void Every_mu_law_code_decodes_to_the_standards_value()
    {
        byte[] codes = AllCodes();
        var samples = new short[256];
        Assert.Equal(256, MuLaw.Decode(codes, samples));
        Assert.All(codes, code => Assert.Equal(StandardTables.MuLawSample(code), samples[code]));
    }

    [Fact]
    public void Every_a_law_code_decodes_to_the_standards_value()
    {
        byte[] codes = AllCodes();
        var samples = new short[256];
        Assert.Equal(256, ALaw.Decode(codes, samples));
        Assert.All(codes, code => Assert.Equal(StandardTables.ALawSample(code), samples[code]));
    }

    [Fact]
    public void Every_sample_encodes_to_the_standards_mu_law_code()
    {
        short[] samples = AllSamples();
        var codes = new byte[samples.Length];
        Assert.Equal(65536, MuLaw.Encode(samples, codes));
        for (int i = 0; i < samples.Length; i++)
        {
            Assert.True(StandardTables.MuLawCode(samples[i]) == codes[i], $"sample {samples[i]}: 0x{codes[i]:X2}, the standard says 0x{StandardTables.MuLawCode(samples[i]):X2}");
        }
    }

    [Fact]
    public void Every_sample_encodes_to_the_standards_a_law_code()
    {
        short[] samples = AllSamples();
        var codes = new byte[samples.Length];
        Assert.Equal(65536, ALaw.Encode(samples, codes));
        for (int i = 0; i < samples.Length; i++)
        {
            Assert.True(StandardTables.ALawCode(samples[i]) == codes[i], $"sample {samples[i]}: 0x{codes[i]:X2}, the standard says 0x{StandardTables.ALawCode(samples[i]):X2}");
        }
    }

    [Theory]
    [InlineData(0, 0xFF, 0xD5)]
    [InlineData(-1, 0x7F, 0x55)]
    [InlineData(32767, 0x80, 0xAA)]
    [InlineData(-32767, 0x00, 0x2A)]
    [InlineData(-32768, 0x00, 0x2A)] // the sample that loses its sign where a magnitude is taken by negation
    public void Well_known_samples_have_their_well_known_codes(short sample, byte mu, byte a)
    {
        var code = new byte[1];
        MuLaw.Encode([sample], code);
        Assert.Equal(mu, code[0]);
        ALaw.Encode([sample], code);
        Assert.Equal(a, code[0]);
    }

    [Fact]
    public void Silence_is_the_code_of_zero()
    {
        var sample = new short[1];
        MuLaw.Decode([MuLaw.Silence], sample);
        Assert.Equal(0, sample[0]);
        ALaw.Decode([ALaw.Silence], sample);
        Assert.Equal(8, sample[0]); // A-law has no zero; this is its smallest positive value
    }

    [Fact]
    public void A_short_destination_is_refused_by_both_lengths_and_a_long_one_keeps_its_tail()
    {
        var samples = new short[7];
        var codes = new byte[7];
        string[] messages =
        [
            Assert.Throws<ArgumentException>(() => MuLaw.Decode(new byte[10], samples)).Message,
            Assert.Throws<ArgumentException>(() => ALaw.Decode(new byte[10], samples)).Message,
            Assert.Throws<ArgumentException>(() => MuLaw.Encode(new short[10], codes)).Message,
            Assert.Throws<ArgumentException>(() => ALaw.Encode(new short[10], codes)).Message,
        ];
        Assert.All(messages, message => Assert.True(message.Contains('7', StringComparison.Ordinal) && message.Contains("10", StringComparison.Ordinal), message));
    }

    internal static byte[] AllCodes()
    {
        var codes = new byte[256];
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = (byte)i;
        }

        return codes;
    }

    internal static short[] AllSamples()
    {
        var samples = new short[65536];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (short)(i - 32768);
        }

        return samples;
    }
}
