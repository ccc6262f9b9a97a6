using Concierge.Pipelines.Upstream;

namespace Concierge.Pipelines.Tests.Upstream;

public sealed class ReconnectScheduleTests
{
    [Fact]
    public void Three_attempts_at_once_after_two_and_after_four_seconds_each_off_by_a_quarter_at_most()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var schedule = new ReconnectSchedule(new UpstreamOptions(), seed);
            Assert.True(schedule.TryNext(null, out TimeSpan first));
            Assert.True(schedule.TryNext(null, out TimeSpan second));
            Assert.True(schedule.TryNext(null, out TimeSpan third));
            Assert.False(schedule.TryNext(null, out _));
            Assert.InRange(first.TotalSeconds, 0.075, 0.125);
            Assert.InRange(second.TotalSeconds, 1.5, 2.5);
            Assert.InRange(third.TotalSeconds, 3, 5);
        }
    }

    [Fact]
    public void A_thousand_calls_do_not_come_back_in_the_same_instant()
    {
        var delays = new HashSet<long>();
        for (int seed = 0; seed < 1000; seed++)
        {
            var schedule = new ReconnectSchedule(new UpstreamOptions(), seed);
            schedule.TryNext(null, out _);
            schedule.TryNext(null, out TimeSpan second);
            delays.Add((long)second.TotalMilliseconds / 10);
        }

        Assert.InRange(delays.Count, 90, 101);
    }

    [Fact]
    public void The_servers_own_wish_is_the_least_delay()
    {
        var schedule = new ReconnectSchedule(new UpstreamOptions(), 1);
        Assert.True(schedule.TryNext(TimeSpan.FromSeconds(3), out TimeSpan delay));
        Assert.Equal(3, delay.TotalSeconds);
        Assert.True(schedule.TryNext(TimeSpan.FromSeconds(1), out delay));
        Assert.InRange(delay.TotalSeconds, 1.5, 2.5);
    }
}
