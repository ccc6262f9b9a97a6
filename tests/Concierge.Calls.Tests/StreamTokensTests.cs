using Concierge.Calls.Twilio;

namespace Concierge.Calls.Tests;

public class StreamTokensTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void Opens_one_stream_of_its_own_call_once()
    {
        StreamTokens tokens = new(_clock, TimeSpan.FromSeconds(60));
        string token = tokens.Issue("CA1", "AC1");
        Assert.True(tokens.TryRedeem(token, "CA1", "AC1"));
        Assert.False(tokens.TryRedeem(token, "CA1", "AC1"));
        Assert.Equal(0, tokens.Count);
    }

    [Fact]
    public void Is_spent_by_a_stream_of_another_call_or_account()
    {
        StreamTokens tokens = new(_clock, TimeSpan.FromSeconds(60));
        string token = tokens.Issue("CA1", "AC1");
        Assert.False(tokens.TryRedeem(token, "CA2", "AC1"));
        Assert.False(tokens.TryRedeem(token, "CA1", "AC1"));
        Assert.False(tokens.TryRedeem(tokens.Issue("CA1", "AC1"), "CA1", "AC2"));
    }

    [Fact]
    public void Dies_of_age()
    {
        StreamTokens tokens = new(_clock, TimeSpan.FromSeconds(60));
        string young = tokens.Issue("CA1", "AC1");
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.True(tokens.TryRedeem(young, "CA1", "AC1"));
        string old = tokens.Issue("CA1", "AC1");
        _clock.Advance(TimeSpan.FromSeconds(60.5));
        Assert.False(tokens.TryRedeem(old, "CA1", "AC1"));
    }

    [Fact]
    public void Forgets_the_oldest_beyond_its_capacity_and_the_aged()
    {
        StreamTokens tokens = new(_clock, TimeSpan.FromSeconds(60), capacity: 3);
        string first = tokens.Issue("CA1", "AC1");
        for (int i = 0; i < 3; i++)
        {
            tokens.Issue("CA2", "AC1");
        }

        Assert.Equal(3, tokens.Count);
        Assert.False(tokens.TryRedeem(first, "CA1", "AC1"));
        _clock.Advance(TimeSpan.FromSeconds(61));
        tokens.Issue("CA3", "AC1");
        Assert.Equal(1, tokens.Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("guess")]
    public void Opens_nothing_for_a_guess(string? token)
    {
        StreamTokens tokens = new(_clock, TimeSpan.FromSeconds(60));
        tokens.Issue("CA1", "AC1");
        Assert.False(tokens.TryRedeem(token, "CA1", "AC1"));
    }

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }
}
