using System.Threading.Channels;
using Concierge.Simulation.Time;

namespace Concierge.Simulation.Tests.Time;

public sealed class VirtualTimeLoopTests
{
    private static readonly VirtualTimeLoopOptions s_impatient = new() { OutsideWorkTimeout = TimeSpan.FromMilliseconds(20) };

    [Fact]
    public void Fires_timers_by_due_time_and_equal_ones_in_the_order_they_were_set()
    {
        var loop = new VirtualTimeLoop();
        var order = new List<string>();
        loop.Run(async () =>
        {
            using ITimer late = loop.TimeProvider.CreateTimer(_ => order.Add("late@" + loop.Elapsed.TotalMilliseconds), null, Ms(30), Timeout.InfiniteTimeSpan);
            using ITimer first = loop.TimeProvider.CreateTimer(_ => order.Add("first@" + loop.Elapsed.TotalMilliseconds), null, Ms(10), Timeout.InfiniteTimeSpan);
            using ITimer second = loop.TimeProvider.CreateTimer(_ => order.Add("second@" + loop.Elapsed.TotalMilliseconds), null, Ms(10), Timeout.InfiniteTimeSpan);
            await Task.Delay(Ms(31), loop.TimeProvider);
        });

        Assert.Equal(["first@10", "second@10", "late@30"], order);
    }

    [Fact]
    public void Empties_the_run_queue_between_two_timers_that_are_due_together()
    {
        var loop = new VirtualTimeLoop();
        var order = new List<string>();
        loop.Run(async () =>
        {
            using ITimer a = loop.TimeProvider.CreateTimer(_ => { order.Add("a"); loop.Post(_ => order.Add("posted by a"), null); }, null, Ms(5), Timeout.InfiniteTimeSpan);
            using ITimer b = loop.TimeProvider.CreateTimer(_ => order.Add("b"), null, Ms(5), Timeout.InfiniteTimeSpan);
            await Task.Delay(Ms(6), loop.TimeProvider);
        });

        Assert.Equal(["a", "posted by a", "b"], order);
    }

    [Fact]
    public void Repeats_a_periodic_timer_without_drift_until_it_is_disposed()
    {
        var loop = new VirtualTimeLoop();
        var at = new List<double>();
        loop.Run(async () =>
        {
            ITimer timer = loop.TimeProvider.CreateTimer(_ => at.Add(loop.Elapsed.TotalMilliseconds), null, Ms(7), Ms(20));
            await Task.Delay(Ms(50), loop.TimeProvider);
            timer.Dispose();
            await Task.Delay(Ms(500), loop.TimeProvider);
        });

        Assert.Equal([7d, 27d, 47d], at);
    }

    [Fact]
    public void Forgets_a_setting_that_was_changed_before_it_was_due()
    {
        var loop = new VirtualTimeLoop();
        var at = new List<double>();
        loop.Run(async () =>
        {
            using ITimer timer = loop.TimeProvider.CreateTimer(_ => at.Add(loop.Elapsed.TotalMilliseconds), null, Ms(10), Timeout.InfiniteTimeSpan);
            Assert.True(timer.Change(Ms(40), Timeout.InfiniteTimeSpan));
            await Task.Delay(Ms(100), loop.TimeProvider);
            timer.Dispose();
            Assert.False(timer.Change(Ms(1), Timeout.InfiniteTimeSpan));
            await Task.Delay(Ms(100), loop.TimeProvider);
        });

        Assert.Equal([40d], at);
    }

    [Fact]
    public void An_hour_of_delay_moves_both_clocks_by_exactly_an_hour()
    {
        var loop = new VirtualTimeLoop(new VirtualTimeLoopOptions { StartTime = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero) });
        TimeSpan passed = loop.Run(async () =>
        {
            long begin = loop.TimeProvider.GetTimestamp();
            await Task.Delay(TimeSpan.FromHours(1), loop.TimeProvider);
            return loop.TimeProvider.GetElapsedTime(begin);
        });

        Assert.Equal(TimeSpan.FromHours(1), passed);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 13, 0, 0, TimeSpan.Zero), loop.TimeProvider.GetUtcNow());
    }

    [Fact]
    public void A_periodic_timer_awaited_and_a_cancellation_by_time_run_on_the_virtual_clock()
    {
        var loop = new VirtualTimeLoop();
        int ticks = loop.Run(async () =>
        {
            using var ended = new CancellationTokenSource(TimeSpan.FromSeconds(1), loop.TimeProvider);
            using var timer = new PeriodicTimer(Ms(20), loop.TimeProvider);
            int count = 0;
            try
            {
                while (await timer.WaitForNextTickAsync(ended.Token))
                {
                    count++;
                }
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(TimeSpan.FromSeconds(1), loop.Elapsed);
            }

            return count;
        });

        // The cancellation was set before the fiftieth tick, so it fires first at 1 s.
        Assert.Equal(49, ticks);
    }

    [Fact]
    public void Keeps_every_continuation_on_the_thread_that_runs_the_loop()
    {
        var loop = new VirtualTimeLoop();
        int thread = Environment.CurrentManagedThreadId;
        loop.Run(async () =>
        {
            Channel<int> channel = Channel.CreateBounded<int>(2);
            Task producer = ProduceAsync(channel.Writer);
            int expected = 0;
            while (await channel.Reader.WaitToReadAsync())
            {
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                while (channel.Reader.TryRead(out int value))
                {
                    Assert.Equal(expected++, value);
                }
            }

            await producer;
            Assert.Equal(20, expected);
        });
        Assert.Equal(0, loop.OutsidePosts);

        async Task ProduceAsync(ChannelWriter<int> writer)
        {
            for (int i = 0; i < 20; i++)
            {
                await writer.WriteAsync(i);
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                await Task.Delay(Ms(i % 3), loop.TimeProvider);
            }

            writer.Complete();
        }
    }

    [Fact]
    public void Says_what_is_wrong_when_every_loop_is_parked()
    {
        var loop = new VirtualTimeLoop(s_impatient);
        VirtualTimeDeadlockException error = Assert.Throws<VirtualTimeDeadlockException>(
            () => loop.Run(() => new TaskCompletionSource().Task));

        Assert.StartsWith("deadlock: every loop is parked and no timer is pending", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stops_a_run_that_only_ticks()
    {
        var loop = new VirtualTimeLoop(new VirtualTimeLoopOptions { TimeLimit = TimeSpan.FromSeconds(10) });
        using ITimer timer = loop.TimeProvider.CreateTimer(_ => { }, null, Ms(20), Ms(20));

        Assert.Throws<InvalidOperationException>(() => loop.Run(() => new TaskCompletionSource().Task));
        Assert.Equal(TimeSpan.FromSeconds(10), loop.Elapsed);
    }

    [Fact]
    public void Throws_what_the_main_task_threw_and_restores_the_context()
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        var loop = new VirtualTimeLoop();

        FormatException error = Assert.Throws<FormatException>(() => loop.Run(async () =>
        {
            await Task.Delay(Ms(5), loop.TimeProvider);
            throw new FormatException("as thrown");
        }));

        Assert.Equal("as thrown", error.Message);
        Assert.Same(before, SynchronizationContext.Current);
    }

    [Fact]
    public void An_exception_in_a_posted_callback_or_a_timer_ends_the_run()
    {
        var posted = new VirtualTimeLoop();
        Assert.Throws<FormatException>(() => posted.Run(async () =>
        {
            posted.Post(_ => throw new FormatException(), null);
            await Task.Delay(Ms(5), posted.TimeProvider);
        }));

        var timed = new VirtualTimeLoop();
        Assert.Throws<FormatException>(() => timed.Run(async () =>
        {
            using ITimer timer = timed.TimeProvider.CreateTimer(_ => throw new FormatException(), null, Ms(1), Timeout.InfiniteTimeSpan);
            await Task.Delay(Ms(5), timed.TimeProvider);
        }));
    }

    [Fact]
    public void Waits_for_work_of_another_thread_while_the_clock_is_held()
    {
        var loop = new VirtualTimeLoop();
        string winner = loop.Run(async () =>
        {
            IDisposable hold = loop.HoldTime();
            var outside = new TaskCompletionSource<string>();
            var thread = new Thread(() =>
            {
                outside.SetResult("outside");
                hold.Dispose();
            });
            thread.Start();
            Task<string> timer = DelayAsync();
            Task<string> first = await Task.WhenAny(outside.Task, timer);
            thread.Join();
            return await first;
        });

        Assert.Equal("outside", winner);

        async Task<string> DelayAsync()
        {
            await Task.Delay(Ms(1), loop.TimeProvider);
            return "timer";
        }
    }

    [Fact]
    public void Counts_what_came_from_another_thread()
    {
        var loop = new VirtualTimeLoop();
        bool ran = loop.Run(async () =>
        {
            bool seen = false;
            var thread = new Thread(() => loop.Post(_ => seen = true, null));
            thread.Start();
            thread.Join();
            await Task.Yield();
            return seen;
        });

        Assert.True(ran);
        Assert.Equal(1, loop.OutsidePosts);
    }

    [Fact]
    public void Goes_on_with_the_same_clock_in_a_second_run()
    {
        var loop = new VirtualTimeLoop();
        loop.Run(() => Task.Delay(Ms(40), loop.TimeProvider));
        loop.Run(() => Task.Delay(Ms(2), loop.TimeProvider));

        Assert.Equal(Ms(42), loop.Elapsed);
    }

    [Fact]
    public void Refuses_to_run_inside_itself()
    {
        var loop = new VirtualTimeLoop();

        Assert.Throws<InvalidOperationException>(() => loop.Run(() =>
        {
            loop.Run(() => Task.CompletedTask);
            return Task.CompletedTask;
        }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(77)]
    public void Interleaves_the_same_way_every_time(int seed)
    {
        string once = Interleave(seed);

        Assert.Equal(once, Interleave(seed));
        Assert.NotEqual(once, Interleave(seed + 1));
    }

    private static string Interleave(int seed)
    {
        var loop = new VirtualTimeLoop();
        var log = new List<string>();
        loop.Run(async () =>
        {
            Channel<int> channel = Channel.CreateBounded<int>(3);
            var workers = new List<Task>();
            for (int w = 0; w < 5; w++)
            {
                workers.Add(WorkAsync(w, new Random((seed * 31) + w), channel));
            }

            Task all = Task.WhenAll(workers);
            Task reading = ReadAsync(channel.Reader);
            await all;
            channel.Writer.Complete();
            await reading;
        });
        Assert.Equal(0, loop.OutsidePosts);
        return string.Join(' ', log) + " " + loop.WorkItemsRun + " " + loop.TimersFired;

        async Task WorkAsync(int id, Random random, Channel<int> channel)
        {
            for (int i = 0; i < 30; i++)
            {
                await Task.Delay(Ms(random.Next(0, 4)), loop.TimeProvider);
                await channel.Writer.WriteAsync((id * 100) + i);
            }
        }

        async Task ReadAsync(ChannelReader<int> reader)
        {
            while (await reader.WaitToReadAsync())
            {
                while (reader.TryRead(out int value))
                {
                    log.Add(value + "@" + loop.Elapsed.TotalMilliseconds);
                    await Task.Delay(Ms(value % 2), loop.TimeProvider);
                }
            }
        }
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
