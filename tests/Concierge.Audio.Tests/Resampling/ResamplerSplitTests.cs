using FsCheck;
using FsCheck.Fluent;

namespace Concierge.Audio.Tests;

public sealed class ResamplerSplitTests
{
    public static TheoryData<int, int> Pairs => new()
    {
        { 8000, 24000 }, { 24000, 8000 }, { 8000, 16000 }, { 16000, 8000 }, { 16000, 24000 }, { 24000, 16000 },
        { 8000, 48000 }, { 48000, 8000 }, { 24000, 48000 }, { 48000, 24000 }, { 16000, 48000 }, { 48000, 16000 },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Any_split_of_the_input_gives_the_same_samples(int inputRate, int outputRate)
    {
        foreach (ResamplerProfile profile in Enum.GetValues<ResamplerProfile>())
        {
            PolyphaseFilter filter = PolyphaseFilter.For(inputRate, outputRate, profile);
            Prop.ForAll(
                Gen.Choose(1, 700).ListOf().ToArbitrary(),
                ArbMap.Default.ArbFor<int>(),
                (cuts, seed) =>
                {
                    short[] input = Signals.Noise(2000, seed);
                    return Whole(filter, input).AsSpan().SequenceEqual(Split(filter, input, cuts));
                }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void One_sample_at_a_time_gives_the_same_samples(int inputRate, int outputRate)
    {
        PolyphaseFilter filter = PolyphaseFilter.For(inputRate, outputRate);
        short[] input = Signals.Noise(1200, 3);
        Assert.Equal(Whole(filter, input), Split(filter, input, Enumerable.Repeat(1, input.Length)));
    }

    [Fact]
    public void Reset_returns_to_silence()
    {
        var stage = new ResamplerStage(24000, 8000);
        short[] input = Signals.Noise(1001, 5);
        var first = new short[400];
        var second = new short[400];
        int count = stage.Process(input, first);
        stage.Reset();
        Assert.Equal(count, stage.Process(input, second));
        Assert.Equal(first, second);
    }

    [Fact]
    public void A_short_destination_consumes_nothing()
    {
        var stage = new ResamplerStage(8000, 24000);
        short[] input = Signals.Noise(160, 7);
        string message = Assert.Throws<ArgumentException>(() => stage.Process(input, new short[479])).Message;
        Assert.Contains("479", message, StringComparison.Ordinal);
        Assert.Contains("480", message, StringComparison.Ordinal);
        var after = new short[480];
        stage.Process(input, after);
        Assert.Equal(Whole(stage.Filter, input), after);
    }

    internal static short[] Whole(PolyphaseFilter filter, ReadOnlySpan<short> input)
    {
        PolyphaseState state = filter.CreateState();
        var output = new short[filter.MaxOutputSamples(input.Length)];
        return output[..PolyphaseResampler.Process(filter, ref state, input, output)];
    }

    private static short[] Split(PolyphaseFilter filter, short[] input, IEnumerable<int> cuts)
    {
        PolyphaseState state = filter.CreateState();
        var output = new short[filter.MaxOutputSamples(input.Length)];
        int read = 0;
        int written = 0;
        foreach (int cut in cuts.Append(input.Length))
        {
            int take = Math.Min(cut, input.Length - read);
            written += PolyphaseResampler.Process(filter, ref state, input.AsSpan(read, take), output.AsSpan(written));
            read += take;
        }

        return output[..written];
    }
}
