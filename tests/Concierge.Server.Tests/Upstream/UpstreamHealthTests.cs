using Concierge.Pipelines;
using Concierge.Server.Configuration;
using Concierge.Server.Upstream;
using Concierge.Simulation.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concierge.Server.Tests.Upstream;

/// <summary>The circuit breaker (FAULTS 8, 9, 41).</summary>
public sealed class UpstreamHealthTests
{
    private readonly VirtualTimeLoop _loop = new();

    [Fact]
    public void Five_failures_in_a_window_close_the_door_and_a_success_between_them_keeps_it_open()
    {
        _loop.Run(() =>
        {
            using UpstreamHealth health = Make(_ => throw Transient());
            Fail(health, 4);
            health.Succeeded();
            Fail(health, 4);
            Assert.True(health.TakesCalls);
            health.Failed(Transient());
            Assert.False(health.TakesCalls);
            Assert.Equal((UpstreamState.Down, 1, 0), (health.State, health.Openings, health.Alerts));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public void Failures_spread_over_more_than_the_window_do_not_close_it() => _loop.Run(async () =>
    {
        using UpstreamHealth health = Make(_ => Task.CompletedTask);
        for (int i = 0; i < 20; i++)
        {
            health.Failed(Transient());
            await WaitAsync(8);
        }

        Assert.True(health.TakesCalls);
    });

    [Fact]
    public void One_probe_at_growing_distances_opens_it_again() => _loop.Run(async () =>
    {
        var probes = new List<double>();
        using UpstreamHealth health = Make(_ =>
        {
            probes.Add(_loop.Elapsed.TotalSeconds);
            return probes.Count < 4 ? throw Transient() : Task.CompletedTask;
        });
        Fail(health, 50); // all calls at once
        await WaitAsync(44);
        Assert.False(health.TakesCalls);
        await WaitAsync(2);
        Assert.True(health.TakesCalls);
        Assert.Equal([3, 9, 21, 45], probes);
        await WaitAsync(600);
        Assert.Equal(4, probes.Count);
    });

    [Fact]
    public void The_servers_wish_puts_the_probe_off() => _loop.Run(async () =>
    {
        int probes = 0;
        using UpstreamHealth health = Make(_ =>
        {
            probes++;
            return Task.CompletedTask;
        });
        Fail(health, 4);
        health.Failed(new ModelConnectException(CallEndReason.ModelRefused, "HTTP 429") { RetryAfter = TimeSpan.FromSeconds(20) });
        await WaitAsync(19);
        Assert.Equal(0, probes);
        Assert.InRange(health.UntilProbe.TotalSeconds, 0.9, 1.1);
        await WaitAsync(2);
        Assert.Equal(1, probes);
        Assert.True(health.TakesCalls);
    });

    [Fact]
    public void A_refusal_for_good_closes_it_at_once_alerts_once_and_is_looked_at_again_each_minute() => _loop.Run(async () =>
    {
        var probes = new List<double>();
        using UpstreamHealth health = Make(_ =>
        {
            probes.Add(_loop.Elapsed.TotalSeconds);
            return probes.Count < 3 ? throw new ModelConnectException(CallEndReason.ModelFatalError, "insufficient_quota") : Task.CompletedTask;
        });
        health.Failed(new ModelConnectException(CallEndReason.ModelFatalError, "insufficient_quota"));
        health.Failed(new ModelConnectException(CallEndReason.ModelFatalError, "insufficient_quota"));
        Assert.Equal((UpstreamState.Refused, 1, 1), (health.State, health.Openings, health.Alerts));
        await WaitAsync(170);
        Assert.Equal(UpstreamState.Refused, health.State);
        await WaitAsync(20);
        Assert.Equal([60, 120, 180], probes);
        Assert.Equal(UpstreamState.Up, health.State);
        Assert.Equal(1, health.Alerts);
    });

    [Fact]
    public void A_node_that_stops_probes_no_more() => _loop.Run(async () =>
    {
        int probes = 0;
        UpstreamHealth health = Make(_ =>
        {
            probes++;
            throw Transient();
        });
        Fail(health, 5);
        await WaitAsync(4);
        health.Dispose();
        await WaitAsync(600);
        Assert.Equal(1, probes);
    });

    [Fact]
    public void A_thousand_dials_at_once_go_a_hundred_a_second_in_their_order() => _loop.Run(async () =>
    {
        var gate = new DialGate(100, _loop.TimeProvider);
        var passed = new List<(int Number, double At)>();
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(async number =>
        {
            await gate.EnterAsync(CancellationToken.None);
            passed.Add((number, _loop.Elapsed.TotalSeconds));
        }));
        Assert.Equal(Enumerable.Range(0, 1000), passed.Select(p => p.Number));
        Assert.InRange(passed[^1].At, 8.9, 9.1);
        for (double second = 0; second < 10; second += 0.5)
        {
            Assert.InRange(passed.Count(p => p.At > second && p.At <= second + 1), 0, 101);
        }

        // After a pause as many may go at once again, and no more.
        await WaitAsync(10);
        double before = _loop.Elapsed.TotalSeconds;
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => gate.EnterAsync(CancellationToken.None)));
        Assert.Equal(before, _loop.Elapsed.TotalSeconds);
        await gate.EnterAsync(CancellationToken.None);
        Assert.True(_loop.Elapsed.TotalSeconds > before);
    });

    private static ModelConnectException Transient() => new(CallEndReason.ModelRefused, "HTTP 503");

    private static void Fail(UpstreamHealth health, int times)
    {
        for (int i = 0; i < times; i++)
        {
            health.Failed(Transient());
        }
    }

    private UpstreamHealth Make(Func<CancellationToken, Task> probe) => new(new UpstreamHealthOptions(), _loop.TimeProvider, NullLogger.Instance) { Probe = probe };

    private Task WaitAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), _loop.TimeProvider);
}
