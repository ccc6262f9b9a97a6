using System.IO.Pipelines;
using Concierge.Pipelines;
using Concierge.Protocols.Realtime;
using Concierge.Server.Upstream;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Time;
using Concierge.Simulation.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concierge.Server.Tests.Upstream;

/// <summary>Sessions that are dialled ahead: claimed once, closed when nobody comes.</summary>
public sealed class ParkedModelsTests
{
    private readonly VirtualTimeLoop _loop = new();
    private readonly TwinLine _twin;

    public ParkedModelsTests() => _twin = new TwinLine(_loop.TimeProvider);

    [Fact]
    public void A_session_is_claimed_once_by_its_token() => _loop.Run(async () =>
    {
        await using ParkedModels parked = Make();
        parked.Park("t1", Prepare);
        await WaitAsync(1);
        Assert.Null(await parked.ClaimAsync("another", CancellationToken.None));
        await using PreparedModel? model = await parked.ClaimAsync("t1", CancellationToken.None);
        Assert.True(model!.IsUp);
        Assert.StartsWith("sess_", model.SessionId);
        Assert.Null(await parked.ClaimAsync("t1", CancellationToken.None));
        Assert.Equal(0, parked.Count);
    });

    [Fact]
    public void A_claim_waits_for_a_dial_that_is_under_way() => _loop.Run(async () =>
    {
        _twin.Delay = TimeSpan.FromMilliseconds(400);
        await using ParkedModels parked = Make();
        parked.Park("t1", Prepare);
        await WaitAsync(0.1);
        await using PreparedModel? model = await parked.ClaimAsync("t1", CancellationToken.None);
        Assert.NotNull(model);
        Assert.InRange(_loop.Elapsed.TotalMilliseconds, 400, 420);
        Assert.Equal(1, _twin.Dials);
    });

    [Fact]
    public void What_nobody_claims_is_closed_when_its_time_is_up() => _loop.Run(async () =>
    {
        await using ParkedModels parked = Make();
        parked.Park("t1", Prepare);
        await WaitAsync(14.9);
        Assert.Equal(1, parked.Count);
        await WaitAsync(0.2);
        Assert.Equal(0, parked.Count);
        Assert.Null(await parked.ClaimAsync("t1", CancellationToken.None));
        Assert.Equal(1000, (await _twin.Sessions[0]).CloseCode);
    });

    [Fact]
    public void A_dial_that_fails_leaves_the_call_to_dial_for_itself() => _loop.Run(async () =>
    {
        _twin.Refuse = true;
        await using ParkedModels parked = Make();
        parked.Park("t1", Prepare);
        Assert.Null(await parked.ClaimAsync("t1", CancellationToken.None));
        Assert.Equal(0, parked.Count);
    });

    [Fact]
    public void An_agent_that_cannot_be_described_is_not_dialled_for_ahead() => _loop.Run(async () =>
    {
        await using ParkedModels parked = Make();
        parked.Park("t1", _ => throw new InvalidOperationException("the tool server is away"));
        Assert.Null(await parked.ClaimAsync("t1", CancellationToken.None));
        Assert.Equal(0, _twin.Dials);
    });

    [Fact]
    public void No_more_are_dialled_ahead_than_calls_are_taken() => _loop.Run(async () =>
    {
        await using ParkedModels parked = Make(most: 2);
        parked.Park("t1", Prepare);
        parked.Park("t2", Prepare);
        parked.Park("t3", Prepare);
        await WaitAsync(1);
        Assert.Equal((2, 2), (parked.Count, _twin.Dials));
    });

    [Fact]
    public void A_node_that_stops_closes_what_waits_and_what_is_being_dialled() => _loop.Run(async () =>
    {
        ParkedModels parked = Make();
        parked.Park("t1", Prepare);
        await WaitAsync(1);
        _twin.Delay = TimeSpan.FromSeconds(3);
        parked.Park("t2", Prepare);
        await WaitAsync(1);
        await parked.DisposeAsync();
        Assert.Equal(1000, (await _twin.Sessions[0]).CloseCode);
        Assert.Null(await parked.ClaimAsync("t1", CancellationToken.None));
        parked.Park("t3", Prepare);
        await WaitAsync(1);
        Assert.Equal(0, parked.Count);
    });

    [Fact]
    public void A_caller_who_hangs_up_while_the_session_is_dialled_leaves_none_behind() => _loop.Run(async () =>
    {
        _twin.Delay = TimeSpan.FromMilliseconds(400);
        await using ParkedModels parked = Make();
        parked.Park("t1", Prepare);
        using var hangUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(200), _loop.TimeProvider);
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await parked.ClaimAsync("t1", hangUp.Token));
        await WaitAsync(1);
        Assert.Empty(_twin.Sessions);
    });

    private ParkedModels Make(int most = 10) => new(TimeSpan.FromSeconds(15), most, _loop.TimeProvider, NullLogger.Instance);

    private ValueTask<PreparedModel> Prepare(CancellationToken cancellationToken) =>
        PreparedModel.PrepareAsync(_twin, new RealtimeSessionConfig { Instructions = "Be brief." }, new CallSessionOptions(), _loop.TimeProvider, cancellationToken);

    private Task WaitAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), _loop.TimeProvider);

    private sealed class TwinLine(TimeProvider time) : IModelConnector
    {
        public TimeSpan Delay { get; set; }

        public bool Refuse { get; set; }

        public int Dials { get; private set; }

        public List<Task<RealtimeTwinRecord>> Sessions { get; } = [];

        public async ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellationToken)
        {
            Dials++;
            await Task.Delay(Delay, time, cancellationToken);
            if (Refuse)
            {
                throw new ModelConnectException(CallEndReason.ModelRefused, "HTTP 503");
            }

            (IDuplexPipe near, IDuplexPipe far) = InMemoryDuplex.CreatePair();
            Sessions.Add(new RealtimeTwinSession(far, ScenarioLibrary.Find("silent-callee"), time).RunAsync(CancellationToken.None));
            return near;
        }
    }
}
