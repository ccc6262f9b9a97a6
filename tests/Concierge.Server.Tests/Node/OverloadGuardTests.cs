using Concierge.Server.Node;
using Concierge.Server.Node.Engine;

namespace Concierge.Server.Tests.Node;

public sealed class OverloadGuardTests
{
    private static readonly TimeSpan s_bound = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void A_node_whose_loops_stay_late_refuses_and_takes_calls_again_only_well_below_and_after_a_while()
    {
        var guard = new OverloadGuard(s_bound);
        Assert.Equal(5, SamplesUntilChange(guard, 25, 0.5));
        Assert.True(guard.IsOverloaded);

        // Just below the bound is not well below it.
        Assert.Equal(-1, SamplesUntilChange(guard, 15, 0.5));
        Assert.True(guard.IsOverloaded);
        Assert.InRange(SamplesUntilChange(guard, 2, 0.5), 20, 30);
        Assert.False(guard.IsOverloaded);
    }

    [Fact]
    public void A_node_that_is_busy_most_of_the_time_refuses_before_anything_is_late()
    {
        var guard = new OverloadGuard(s_bound);
        Assert.Equal(-1, SamplesUntilChange(guard, 1, 0.70));
        Assert.InRange(SamplesUntilChange(guard, 1, 0.95), 1, 9);
        Assert.Equal(-1, SamplesUntilChange(guard, 1, 0.70));
        Assert.InRange(SamplesUntilChange(guard, 1, 0.5), 20, 30);
    }

    [Fact]
    public void A_few_long_rounds_are_a_pause_and_no_overload()
    {
        var guard = new OverloadGuard(s_bound);
        for (int i = 0; i < 200; i++)
        {
            Assert.False(guard.Sample(TimeSpan.FromMilliseconds(i % 3 == 0 ? 80 : 1), 0.4, calls: 100));
        }

        Assert.False(guard.IsOverloaded);
    }

    [Fact]
    public void While_it_recovers_one_relapse_begins_the_wait_anew()
    {
        var guard = new OverloadGuard(s_bound);
        SamplesUntilChange(guard, 30, 0.5);
        for (int i = 0; i < 60; i++)
        {
            // Five calm samples in a row at most: the wait is for twenty.
            Assert.False(guard.Sample(TimeSpan.FromMilliseconds(i % 14 < 9 ? 15 : 1), 0.5, calls: 100));
        }

        Assert.True(guard.IsOverloaded);
    }

    [Fact]
    public void A_node_with_hardly_any_calls_is_never_full()
    {
        var guard = new OverloadGuard(s_bound);
        for (int i = 0; i < 50; i++)
        {
            Assert.False(guard.Sample(TimeSpan.FromSeconds(1), 1, calls: 7));
        }

        SamplesUntilChange(guard, 100, 1);
        Assert.True(guard.IsOverloaded);
        for (int i = 0; i < 20; i++)
        {
            guard.Sample(TimeSpan.FromSeconds(1), 1, calls: 3);
        }

        Assert.False(guard.IsOverloaded);
    }

    [Fact]
    public void An_overloaded_registry_has_no_room_and_keeps_what_it_has()
    {
        var calls = new CallRegistry(10);
        using IDisposable? running = calls.TryEnter();
        calls.IsOverloaded = true;
        Assert.False(calls.HasRoom);
        Assert.Null(calls.TryEnter());
        Assert.Equal(1, calls.Running);
        calls.IsOverloaded = false;
        using IDisposable? next = calls.TryEnter();
        Assert.NotNull(next);
    }

    /// <summary>Samples until the verdict changes; -1 when a hundred do not change it.</summary>
    private static int SamplesUntilChange(OverloadGuard guard, double milliseconds, double share)
    {
        for (int i = 1; i <= 100; i++)
        {
            if (guard.Sample(TimeSpan.FromMilliseconds(milliseconds), share, calls: 100))
            {
                return i;
            }
        }

        return -1;
    }
}
