using Concierge.Audio;
using Concierge.Server.Codec;
using Concierge.Server.Shell;

namespace Concierge.Server.Tests.Codec;

public sealed class FileCodecTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concierge-codec-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("in.ulaw", "out.ul")]
    [InlineData("in.alaw", "out.al")]
    public void Copies_all_256_codes_bit_exact_at_the_same_rate(string input, string output)
    {
        byte[] codes = [.. Enumerable.Range(0, 20_000).Select(i => (byte)(i * 7))];
        File.WriteAllBytes(At(input), codes);
        Convert(input, output);
        Assert.Equal(codes, File.ReadAllBytes(At(output)));
    }

    [Theory]
    [InlineData(1, 8_000)]
    [InlineData(2, 8_000)]
    [InlineData(1, 24_000)]
    [InlineData(2, 48_000)]
    public void Copies_samples_bit_exact_at_the_same_rate(int channels, int rate)
    {
        short[] samples = Noise(9_999 * channels);
        WriteWav("in.wav", rate, channels, samples);
        Convert("in.wav", "out.wav");
        Assert.Equal(samples, ReadWav("out.wav", rate, channels));
    }

    [Fact]
    public void Decodes_and_encodes_as_a_call_does()
    {
        byte[] codes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        File.WriteAllBytes(At("in.ulaw"), codes);
        Convert("in.ulaw", "mid.wav");
        short[] expected = new short[256];
        MuLaw.Decode(codes, expected);
        Assert.Equal(expected, ReadWav("mid.wav", 8_000, 1));

        Convert("mid.wav", "out.alaw");
        byte[] alaw = new byte[256];
        ALaw.Encode(expected, alaw);
        Assert.Equal(alaw, File.ReadAllBytes(At("out.alaw")));
    }

    [Theory]
    [InlineData(8_000, 24_000)]
    [InlineData(24_000, 8_000)]
    [InlineData(16_000, 8_000)]
    [InlineData(8_000, 48_000)]
    [InlineData(48_000, 16_000)]
    [InlineData(24_000, 16_000)]
    public void Keeps_a_tone_in_time_and_level_through_a_rate_conversion(int from, int to)
    {
        const int Frames = 12_345;
        WriteWav("in.wav", from, 1, Tone(from, Frames, 700, 10_000));
        CodecSummary summary = Convert("in.wav", "out.wav", outputRate: to);
        short[] result = ReadWav("out.wav", to, 1);
        Assert.Equal((((long)Frames * to) + from - 1) / from, result.Length);
        Assert.Equal(result.Length, summary.OutputFrames);

        // Away from the edges it is the same tone at the same place, to about -40 dB of it.
        short[] expected = Tone(to, result.Length, 700, 10_000);
        int margin = to / 50;
        for (int i = margin; i < result.Length - margin; i++)
        {
            Assert.InRange(result[i] - expected[i], -100, 100);
        }
    }

    [Fact]
    public void Converts_each_channel_of_a_stereo_file_by_itself()
    {
        short[] left = Tone(24_000, 6_000, 500, 8_000);
        short[] right = Tone(24_000, 6_000, 1_300, 4_000);
        short[] both = [.. left.Zip(right).SelectMany(pair => new[] { pair.First, pair.Second })];
        WriteWav("stereo.wav", 24_000, 2, both);
        WriteWav("left.wav", 24_000, 1, left);
        WriteWav("right.wav", 24_000, 1, right);
        Convert("stereo.wav", "stereo8.wav", outputRate: 8_000);
        Convert("left.wav", "left8.wav", outputRate: 8_000);
        Convert("right.wav", "right8.wav", outputRate: 8_000);
        short[] result = ReadWav("stereo8.wav", 8_000, 2);
        Assert.Equal(ReadWav("left8.wav", 8_000, 1), result.Where((_, i) => i % 2 == 0));
        Assert.Equal(ReadWav("right8.wav", 8_000, 1), result.Where((_, i) => i % 2 == 1));
    }

    [Fact]
    public void Takes_the_mean_of_both_channels_for_a_file_that_holds_one()
    {
        WriteWav("in.wav", 8_000, 2, [1_000, 3_000, -1_000, -3_000, 32_767, 32_767, -32_768, -32_768]);
        Convert("in.wav", "out.ulaw");
        byte[] expected = new byte[4];
        MuLaw.Encode([2_000, -2_000, 32_767, -32_768], expected);
        Assert.Equal(expected, File.ReadAllBytes(At("out.ulaw")));
    }

    [Fact]
    public void Takes_the_rate_of_files_without_a_header_from_the_option()
    {
        File.WriteAllBytes(At("in.ulaw"), new byte[1_600]);
        Convert("in.ulaw", "wide.wav", rate: 16_000);
        Assert.Equal(1_600, ReadWav("wide.wav", 16_000, 1).Length);

        Convert("in.ulaw", "half.alaw", rate: 16_000, outputRate: 8_000);
        Assert.Equal(800, new FileInfo(At("half.alaw")).Length);

        WriteWav("in.wav", 24_000, 1, new short[2_400]);
        Convert("in.wav", "phone.ulaw");
        Assert.Equal(800, new FileInfo(At("phone.ulaw")).Length);
    }

    [Fact]
    public void Converts_an_empty_file_to_an_empty_file()
    {
        File.WriteAllBytes(At("in.alaw"), []);
        Convert("in.alaw", "out.wav", outputRate: 24_000);
        Assert.Empty(ReadWav("out.wav", 24_000, 1));
    }

    [Fact]
    public void Names_the_file_and_the_reason_and_leaves_nothing_behind_when_the_input_is_bad()
    {
        File.WriteAllText(At("text.wav"), "this is not audio at all, but long enough for a header to be looked for in it");
        AssertInputError("text.wav", "RIFF");

        WriteWav("whole.wav", 8_000, 1, Noise(4_000));
        byte[] whole = File.ReadAllBytes(At("whole.wav"));
        File.WriteAllBytes(At("cut.wav"), whole[..^1_000]);
        AssertInputError("cut.wav", "cut off");
        File.WriteAllBytes(At("head.wav"), whole[..20]);
        AssertInputError("head.wav", "ends at byte");

        WriteWav("cd.wav", 44_100, 1, Noise(100));
        AssertInputError("cd.wav", "44100");
        WriteWav("six.wav", 8_000, 6, new short[600]);
        AssertInputError("six.wav", "6 channels");
        AssertInputError("missing.wav", "no such file");
        Directory.CreateDirectory(At("folder.wav"));
        AssertInputError("folder.wav", "folder");
        Assert.Empty(Directory.GetFiles(_folder, "out*"));
    }

    [Fact]
    public void Names_the_output_that_cannot_be_written()
    {
        File.WriteAllBytes(At("in.ulaw"), new byte[800]);
        CommandException missing = Assert.Throws<CommandException>(() => Convert("in.ulaw", Path.Combine("nowhere", "out.wav")));
        Assert.Equal(ExitCodes.Output, missing.ExitCode);
        Directory.CreateDirectory(At("taken.wav"));
        Assert.Equal(ExitCodes.Output, Assert.Throws<CommandException>(() => Convert("in.ulaw", "taken.wav")).ExitCode);
    }

    [Fact]
    public void Leaves_the_old_output_alone_when_it_is_interrupted()
    {
        File.WriteAllBytes(At("in.ulaw"), new byte[80_000]);
        File.WriteAllText(At("out.wav"), "old");
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => FileCodec.Convert(new CodecRequest(At("in.ulaw"), At("out.wav")), null, stop.Token));
        Assert.Equal("old", File.ReadAllText(At("out.wav")));
        Assert.False(File.Exists(At("out.wav.part")));
    }

    [Fact]
    public void Says_what_the_samples_went_through()
    {
        WriteWav("in.wav", 24_000, 2, new short[4_800]);
        CodecSummary summary = Convert("in.wav", "out.ulaw");
        Assert.Equal("pcm16/24000 stereo -> mean of both channels -> x1/3 balanced -> ulaw/8000", summary.Chain);
        Assert.Equal(TimeSpan.FromSeconds(0.1), summary.Duration);
    }

    [Fact]
    public void Analyzes_each_channel_of_a_file()
    {
        short[] tone = Tone(8_000, 8_000, 1_000, 16_384);
        WriteWav("in.wav", 8_000, 2, [.. tone.SelectMany(sample => (short[])[sample, 0])]);
        AudioAnalysis[] channels = FileAnalysis.Analyze(At("in.wav"), rate: null, CancellationToken.None);
        Assert.Equal(2, channels.Length);
        Assert.Equal(-9.03, channels[0].RmsDbfs, 0.05);
        Assert.Equal(1, channels[1].SilentShare);
        string text = FileAnalysis.Describe(channels);
        Assert.Contains("-9.0 dBFS", text);
        Assert.Contains("silent", text);
        Assert.Contains("1.000 s", text);
    }

    [Fact]
    public void Analyzes_a_file_without_a_header_at_the_rate_it_is_told()
    {
        byte[] codes = new byte[16_000];
        MuLaw.Encode(Tone(16_000, 16_000, 3_000, 8_000), codes);
        File.WriteAllBytes(At("in.ulaw"), codes);
        AudioAnalysis analysis = Assert.Single(FileAnalysis.Analyze(At("in.ulaw"), 16_000, CancellationToken.None));
        Assert.Equal(TimeSpan.FromSeconds(1), analysis.Duration);
        Assert.Equal(3_000, analysis.BandwidthHz, 100.0);
        CommandException exception = Assert.Throws<CommandException>(() => FileAnalysis.Analyze(At("missing.wav"), null, CancellationToken.None));
        Assert.Equal(ExitCodes.Input, exception.ExitCode);
    }

    private string At(string name) => Path.Combine(_folder, name);

    private CodecSummary Convert(string input, string output, int? rate = null, int? outputRate = null) =>
        FileCodec.Convert(new CodecRequest(At(input), At(output), rate, outputRate), progress: null, CancellationToken.None);

    private void AssertInputError(string input, string reason)
    {
        CommandException exception = Assert.Throws<CommandException>(() => Convert(input, "out.ulaw"));
        Assert.Equal(ExitCodes.Input, exception.ExitCode);
        Assert.Contains(input, exception.Message);
        Assert.Contains(reason, exception.Message);
    }

    private void WriteWav(string name, int rate, int channels, short[] samples)
    {
        using WavWriter writer = new(File.Create(At(name)), rate, channels);
        writer.Write(samples);
    }

    private short[] ReadWav(string name, int rate, int channels)
    {
        using WavReader reader = new(File.OpenRead(At(name)));
        Assert.Equal((rate, channels), (reader.SampleRate, reader.Channels));
        short[] samples = new short[reader.TotalFrames * channels];
        Assert.Equal(samples.Length, samples.Length == 0 ? 0 : reader.Read(samples));
        return samples;
    }

    private static short[] Noise(int count)
    {
        Random random = new(42);
        short[] samples = new short[count];
        for (int i = 0; i < count; i++)
        {
            samples[i] = (short)random.Next(short.MinValue, short.MaxValue + 1);
        }

        return samples;
    }

    private static short[] Tone(int rate, int count, double frequency, double amplitude)
    {
        short[] samples = new short[count];
        for (int i = 0; i < count; i++)
        {
            samples[i] = (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * frequency * i / rate));
        }

        return samples;
    }
}
