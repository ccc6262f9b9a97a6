using Concierge.Pipelines;
using Concierge.Server.Usage;

namespace Concierge.Server.Tests.Usage;

public sealed class PriceTableTests
{
    private const string Table = """
        {
          "currency": "EUR",
          "models": {
            "talker": { "textIn": 4, "textCached": 1, "textOut": 16, "audioIn": 32, "audioCached": 2, "audioOut": 64 },
            "talker-mini": { "textIn": 1, "textCached": 1, "textOut": 1, "audioIn": 1, "audioCached": 1, "audioOut": 1 }, // the comma may stay
          },
          "transcription": { "scribe": { "perMinute": 0.06 } }
        }
        """;

    private static readonly CallUsage s_usage = new()
    {
        Responses = 1,
        InputText = 1_000_000,
        InputAudio = 500_000,
        InputCached = 600_000,
        InputCachedText = 400_000,
        InputCachedAudio = 200_000,
        OutputText = 100_000,
        OutputAudio = 250_000,
        TranscribedSeconds = 90,
    };

    [Fact]
    public void Cached_tokens_are_charged_as_cached_and_the_rest_in_full()
    {
        CallCost? cost = PriceTable.Parse(Table).Cost("talker", "scribe", s_usage);

        // 0.6 text at 4, 0.4 cached at 1, 0.1 out at 16; 0.3 audio at 32, 0.2 cached at 2, 0.25 out at 64; a minute and a half at 0.06.
        Assert.Equal(new CallCost(2.4m + 0.4m + 1.6m + 9.6m + 0.4m + 16m + 0.09m, "EUR", true), cost);
    }

    [Fact]
    public void Where_the_server_does_not_tell_them_apart_cached_tokens_are_shared_out_as_what_was_read()
    {
        CallCost? cost = PriceTable.Parse(Table).Cost("talker", "scribe", s_usage with { InputCachedText = 0, InputCachedAudio = 0, TranscribedSeconds = 0 });
        Assert.Equal(2.4m + 0.4m + 1.6m + 9.6m + 0.4m + 16m, cost!.Amount);
    }

    [Theory]
    [InlineData("talker-2027-01-01", true)]
    [InlineData("talker-mini-2027", true)]
    [InlineData("somebody-else", false)]
    public void A_dated_model_has_the_price_of_its_family(string model, bool known)
    {
        CallCost? cost = PriceTable.Parse(Table).Cost(model, "scribe", s_usage with { TranscribedSeconds = 0 });
        Assert.Equal(known, cost is not null);
        Assert.True(!known || cost!.Amount < 3 == model.StartsWith("talker-mini", StringComparison.Ordinal));
    }

    [Fact]
    public void What_has_no_price_makes_the_sum_incomplete_and_says_so()
    {
        CallCost? cost = PriceTable.Parse(Table).Cost("talker", "nobody", s_usage);
        Assert.False(cost!.Complete);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"modles":{}}""")]
    [InlineData("null")]
    public void What_is_no_table_is_refused_in_words(string text) => Assert.NotEmpty(Assert.Throws<InvalidDataException>(() => PriceTable.Parse(text)).Message);

    [Theory]
    [InlineData("gpt-realtime-2.1", 24)]
    [InlineData("gpt-realtime-2", 24)]
    [InlineData("gpt-realtime-1.5", 16)]
    [InlineData("gpt-realtime-2.1-mini", 2.4)]
    [InlineData("gpt-realtime-mini-2025-12-15", 2.4)]
    public void Each_current_model_has_its_own_price(string model, decimal perMillionWritten) =>
        Assert.Equal(perMillionWritten, PriceTable.Default.Cost(model, "", new CallUsage { Responses = 1, OutputText = 1_000_000 })!.Amount);

    [Fact]
    public void The_table_that_comes_with_the_program_knows_the_default_models() =>
        Assert.True(PriceTable.Default.Cost(Concierge.Server.Configuration.NodeOptions.DefaultModel, Concierge.Server.Configuration.NodeOptions.DefaultTranscriptionModel, s_usage)!.Complete);
}
