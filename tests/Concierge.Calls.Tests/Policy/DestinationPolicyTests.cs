using Concierge.Calls.Life;
using Concierge.Calls.Outbound;
using Concierge.Calls.Policy;
using Concierge.Calls.Tests.Store;

namespace Concierge.Calls.Tests.Policy;

public class DestinationPolicyTests
{
    private static readonly DestinationPolicyOptions s_open = new() { AllowedPrefixes = ["+1", "+49", "+44", "+3", "+8", "+7"], DemoNumber = "+15005550110" };
    private readonly Clock _clock = new();

    [Theory]
    [InlineData("+14155550123")]
    [InlineData("+4930123456")]
    [InlineData("+442071234567")]
    public void Lets_ordinary_numbers_through(string number) => Policy(s_open).CheckNumber(number);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("14155550123")]
    [InlineData("+1 415 555 0123")]
    [InlineData(" +14155550123")]
    [InlineData("+14155550123 ")]
    [InlineData("+14155550123\n")]
    [InlineData("+1(415)5550123")]
    [InlineData("0014155550123")]
    [InlineData("+0014155550123")]
    [InlineData("01114155550123")]
    [InlineData("+١٤١٥٥٥٥٠١٢٣")]
    [InlineData("+1415555012３")]
    [InlineData("＋14155550123")]
    [InlineData("sip:someone@example.com")]
    [InlineData("+14155550123@sip.example.com")]
    [InlineData("client:alice")]
    [InlineData("+14155550123;ext=5")]
    [InlineData("+14155550123,,5")]
    [InlineData("+14155550123x5")]
    [InlineData("+14155550123,+19005550123")]
    [InlineData("tel:+14155550123")]
    [InlineData("+123456")]
    [InlineData("+1234567890123456")]
    [Trait("door", "toll fraud")]
    public void Refuses_what_is_not_exactly_one_number(string? number) => Assert.Equal(CallRefusal.BadNumber, Refusal(s_open, number));

    [Theory]
    [InlineData("911")]
    [InlineData("112")]
    [InlineData("+112")]
    [InlineData("+1911")]
    [InlineData("+19115550123")]
    [InlineData("+44999")]
    [InlineData("+49110")]
    [Trait("door", "toll fraud")]
    public void Never_calls_emergency_services_whatever_the_list_says(string number) =>
        Assert.Equal(CallRefusal.Emergency, Refusal(s_open with { AllowedPrefixes = ["+1", "+1911", "+19115550123", "+49110"] }, number));

    [Theory]
    [InlineData("+19005550123")]
    [InlineData("+12129761234")]
    [InlineData("+18765550123")]
    [InlineData("+4990012345678")]
    [InlineData("+449012345678")]
    [InlineData("+33899123456")]
    [InlineData("+881612345678")]
    [InlineData("+37190123456")]
    [Trait("door", "toll fraud")]
    public void Refuses_premium_ranges_under_a_broader_allowance(string number) => Assert.Equal(CallRefusal.Premium, Refusal(s_open, number));

    [Theory]
    [InlineData("+819012345678")] // a Japanese mobile
    [InlineData("+37061234567")]  // a Lithuanian mobile
    [InlineData("+35315551234")]  // Dublin
    public void Does_not_take_an_ordinary_range_for_a_premium_one(string number) => Policy(s_open).CheckNumber(number);

    [Fact]
    public void A_premium_range_can_be_opened_by_its_own_name() => Policy(s_open with { AllowedPrefixes = ["+49900"] }).CheckNumber("+4990012345678");

    [Fact]
    [Trait("door", "toll fraud")]
    public void Only_the_demo_may_be_called_unless_a_list_says_otherwise()
    {
        DestinationPolicyOptions unset = new() { DemoNumber = "+15005550110" };
        Policy(unset).CheckNumber("+15005550110");
        Assert.Equal(CallRefusal.NotAllowed, Refusal(unset, "+15005550111"));
        Assert.Equal(CallRefusal.NotAllowed, Refusal(s_open, "+5511123456789"));
    }

    [Fact]
    public void The_longer_of_an_allowed_and_a_denied_prefix_counts()
    {
        DestinationPolicyOptions options = new() { AllowedPrefixes = ["+49", "+4930123"], DeniedPrefixes = ["+4930", "+1"] };
        Policy(options).CheckNumber("+4989123456");
        Policy(options).CheckNumber("+4930123456");
        Assert.Equal(CallRefusal.Denied, Refusal(options, "+4930999999"));
        Assert.Equal(CallRefusal.Denied, Refusal(options with { AllowedPrefixes = ["+1"] }, "+14155550123"));
    }

    [Theory]
    [InlineData("+493012345678", "19:59", true)]
    [InlineData("+493012345678", "22:30", false)]
    [InlineData("+12125550123", "13:00", true)]   // 9:00 in New York
    [InlineData("+14155550123", "13:00", false)]  // 6:00 in San Francisco
    [InlineData("+18005550123", "13:00", false)]  // may ring anywhere: San Francisco counts
    [InlineData("+18005550123", "17:00", true)]
    [InlineData("+819012345678", "13:30", false)] // 22:30 in Tokyo
    [InlineData("+8498765432", "13:30", true)]
    public void It_is_the_other_sides_night_that_counts(string number, string utc, bool welcome)
    {
        _clock.Now = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero) + TimeOnly.Parse(utc, System.Globalization.CultureInfo.InvariantCulture).ToTimeSpan();
        Assert.True(QuietHours.TryParse("22:00-08:00", out QuietHours quiet));
        DestinationPolicyOptions options = s_open with { QuietHours = quiet };
        if (welcome)
        {
            Policy(options).CheckNumber(number);
        }
        else
        {
            CallRefusedException refused = Assert.Throws<CallRefusedException>(() => Policy(options).CheckNumber(number));
            Assert.Equal(CallRefusal.QuietHours, refused.Refusal);
            Assert.True(refused.RetryAfter > TimeSpan.Zero);
            Assert.DoesNotContain(number, refused.Message);
        }
    }

    [Fact]
    [Trait("door", "toll fraud")]
    public async Task Counts_calls_to_one_number_over_all_nodes()
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync("sqlite", _clock);
        DestinationPolicyOptions options = s_open with { CallsPerNumberAndHour = 2 };
        await test.Store.AppendAsync([Placed("another node's", "+14155550123", -600)], default);
        DestinationPolicy policy = Policy(options);
        await policy.AdmitAsync("+14155550123", test.Store, () => test.Store.AppendAsync([Placed("ours", "+14155550123", 0)], default), default);
        CallRefusedException refused = await Assert.ThrowsAsync<CallRefusedException>(() => policy.AdmitAsync("+14155550123", test.Store, NoteNothing, default));
        Assert.Equal(CallRefusal.RateLimited, refused.Refusal);
        await policy.AdmitAsync("+14155550124", test.Store, NoteNothing, default);
        _clock.Now += TimeSpan.FromMinutes(61);
        await policy.AdmitAsync("+14155550123", test.Store, NoteNothing, default);
    }

    [Fact]
    public async Task Orders_at_the_same_moment_do_not_share_the_last_place()
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync("sqlite", _clock);
        DestinationPolicy policy = Policy(s_open with { CallsPerMinute = 3 });
        bool[] admitted = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
        {
            try
            {
                await policy.AdmitAsync($"+1415555010{i}", test.Store, NoteNothing, default);
                return true;
            }
            catch (CallRefusedException refused) when (refused.Refusal == CallRefusal.RateLimited)
            {
                return false;
            }
        }));
        Assert.Equal(3, admitted.Count(a => a));
    }

    [Fact]
    [Trait("door", "toll fraud")]
    public async Task Stops_at_the_days_budget_and_at_the_calls_that_run()
    {
        await using StoreUnderTest test = await StoreUnderTest.CreateAsync("sqlite", _clock);
        await test.Store.AppendAsync(
            [Placed("a", "+14155550123", -3_000), Reported("a", CallState.InProgress, -3_000), Reported("a", CallState.Completed, -3_000 + (8 * 60))], default);
        Assert.Equal(TimeSpan.FromMinutes(2), await Policy(s_open with { MinutesPerDay = 10 }).AdmitAsync("+14155550199", test.Store, NoteNothing, default));
        CallRefusedException spent = await Assert.ThrowsAsync<CallRefusedException>(() => Policy(s_open with { MinutesPerDay = 8 }).AdmitAsync("+14155550199", test.Store, NoteNothing, default));
        Assert.Equal(CallRefusal.BudgetSpent, spent.Refusal);
        await test.Store.AppendAsync([Placed("b", "+14155550124", -60)], default);
        CallRefusedException full = await Assert.ThrowsAsync<CallRefusedException>(() => Policy(s_open with { MaxConcurrent = 1 }).AdmitAsync("+14155550199", test.Store, NoteNothing, default));
        Assert.Equal(CallRefusal.NoRoom, full.Refusal);
    }

    [Theory]
    [InlineData("+14155550123", "+1••••••••23")]
    [InlineData("sip:someone@example.com", "•••")]
    [InlineData(null, "")]
    public void Masks_numbers(string? number, string masked) => Assert.Equal(masked, PhoneNumber.Mask(number));

    private static Task NoteNothing() => Task.CompletedTask;

    private DestinationPolicy Policy(DestinationPolicyOptions options) => new(options, _clock);

    private CallRefusal Refusal(DestinationPolicyOptions options, string? number) =>
        Assert.Throws<CallRefusedException>(() => Policy(options).CheckNumber(number)).Refusal;

    private CallFact Placed(string id, string to, int second) =>
        new CallFact.Created { CallId = id, At = _clock.Now.AddSeconds(second), Direction = CallDirection.Outbound, To = to };

    private CallFact Reported(string id, CallState state, int second) =>
        new CallFact.Reported { CallId = id, At = _clock.Now.AddSeconds(second), State = state, Cause = "callback", Source = CallFactSource.Callback };

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
