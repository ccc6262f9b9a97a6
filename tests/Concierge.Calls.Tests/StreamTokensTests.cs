using Concierge.Calls.Tests.Store;
using Concierge.Calls.Twilio;

namespace Concierge.Calls.Tests;

public class StreamTokensTests
{
    private static readonly TimeSpan s_life = TimeSpan.FromSeconds(60);
    private readonly Clock _clock = new();

    public static TheoryData<string> Kinds => StoreUnderTest.Kinds;

    [Fact]
    [Trait("door", "stream token")]
    public async Task Opens_one_stream_of_its_own_call_once()
    {
        StreamTokens tokens = new(_clock, s_life);
        string token = tokens.Issue("CA1", "AC1");
        Assert.True(await tokens.RedeemAsync(token, "CA1", "AC1", default));
        Assert.False(await tokens.RedeemAsync(token, "CA1", "AC1", default));
    }

    [Fact]
    [Trait("door", "stream token")]
    public async Task Opens_no_stream_of_another_call_or_account()
    {
        StreamTokens tokens = new(_clock, s_life);
        string token = tokens.Issue("CA1", "AC1");
        Assert.False(await tokens.RedeemAsync(token, "CA2", "AC1", default));
        Assert.False(await tokens.RedeemAsync(token, "CA1", "AC2", default));
        Assert.False(await tokens.RedeemAsync(token, "CA1\nAC1", "", default));
        Assert.True(await tokens.RedeemAsync(token, "CA1", "AC1", default)); // whoever guessed did not use it up
    }

    [Fact]
    [Trait("door", "stream token")]
    public async Task Dies_of_age_with_a_tolerance_for_clocks_that_differ()
    {
        StreamTokens tokens = new(_clock, s_life);
        string young = tokens.Issue("CA1", "AC1");
        _clock.Now += TimeSpan.FromSeconds(64);
        Assert.True(await tokens.RedeemAsync(young, "CA1", "AC1", default));
        string old = tokens.Issue("CA1", "AC1");
        _clock.Now += TimeSpan.FromSeconds(66);
        Assert.False(await tokens.RedeemAsync(old, "CA1", "AC1", default));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("not base64url! not base64url! not base64url")]
    public async Task Nothing_else_opens_a_stream(string? token) => Assert.False(await new StreamTokens(_clock, s_life).RedeemAsync(token, "CA1", "AC1", default));

    [Fact]
    [Trait("door", "stream token")]
    public async Task A_changed_token_opens_nothing()
    {
        StreamTokens tokens = new(_clock, s_life);
        string token = tokens.Issue("CA1", "AC1");
        for (int i = 0; i < token.Length - 1; i++)
        {
            char other = token[i] == 'A' ? 'B' : 'A';
            Assert.False(await tokens.RedeemAsync(token[..i] + other + token[(i + 1)..], "CA1", "AC1", default));
        }
    }

    [Fact]
    public async Task Nodes_with_the_same_secret_take_each_others_tokens_also_while_it_is_rotated()
    {
        StreamTokens before = new(_clock, s_life, ["old"]);
        StreamTokens after = new(_clock, s_life, ["new", "old"]);
        Assert.True(await after.RedeemAsync(before.Issue("CA1", "AC1"), "CA1", "AC1", default));
        Assert.False(await before.RedeemAsync(after.Issue("CA1", "AC1"), "CA1", "AC1", default));
        Assert.False(await new StreamTokens(_clock, s_life).RedeemAsync(after.Issue("CA1", "AC1"), "CA1", "AC1", default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("door", "stream token")]
    public async Task Is_spent_over_all_nodes(string kind)
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync(kind);
        StreamTokens one = new(TimeProvider.System, s_life, ["secret"], test.Store);
        StreamTokens two = new(TimeProvider.System, s_life, ["secret"], test.Store);
        string token = one.Issue("CA1", "AC1");
        bool[] taken = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? one : two).RedeemAsync(token, "CA1", "AC1", default).AsTask()));
        Assert.Single(taken, t => t);
    }

    [Fact]
    public async Task While_the_store_is_away_a_node_still_takes_a_token_once()
    {
        await using Concierge.Calls.Store.ICallStore away = Concierge.Calls.Store.CallStores.Postgres("Host=127.0.0.1;Port=9;Database=d;Username=u", TimeProvider.System);
        StreamTokens tokens = new(TimeProvider.System, s_life, ["secret"], away);
        string token = tokens.Issue("CA1", "AC1");
        Assert.True(await tokens.RedeemAsync(token, "CA1", "AC1", default));
        Assert.False(await tokens.RedeemAsync(token, "CA1", "AC1", default));
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
