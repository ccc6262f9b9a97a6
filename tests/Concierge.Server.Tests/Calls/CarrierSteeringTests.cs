using System.Collections.Concurrent;
using Concierge.Calls.Life;
using Concierge.Pipelines;
using Concierge.Server.Node;
using Concierge.Simulation.Exchange;
using Concierge.Simulation.Scenarios;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concierge.Server.Tests.Calls;

/// <summary>What only the carrier can do to a call, asked of the twin's REST interface, which runs the TwiML that it is given.</summary>
public class CarrierSteeringTests
{
    private const string Colleague = "+14155550177";

    private static readonly Scenario s_speaker = Line("""
        {"by":"agent","say":"concierge-goodbye","calls":[{"name":"steer","arguments":{}}]},
        {"by":"callee","when":"answered","afterMs":40000,"hangUp":true}
        """);

    private readonly ConcurrentQueue<CallEvent> _events = new();

    [Fact]
    public async Task A_call_is_put_through_and_the_one_who_takes_it_hears_first_what_it_is_about()
    {
        await using TestFleet fleet = await StartAsync(
            call => call.Transfer(new CallTransfer(Colleague) { Summary = "A table." }),
            colleague: Line("""{"by":"callee","when":"answered","afterMs":4000,"hangUp":true}"""));
        CallRecord call = await fleet.EndAsync(await fleet.PlaceAsync());
        TwilioExchangeCall caller = fleet.Carrier.Exchange.Calls[0], colleague = fleet.Carrier.Exchange.Calls[1];
        Assert.Equal((CallState.Completed, "transferred"), (call.State, call.StreamEndReason));
        Assert.Contains(caller.Verbs, v => (v.Name, v.Detail) == ("Dial", Colleague));
        Assert.DoesNotContain(caller.Verbs, v => v.Name == "Say");
        Assert.Equal(("outbound-dial", Colleague), (colleague.Direction, colleague.To));
        Assert.Equal(("Say", "A table."), (Assert.Single(colleague.Verbs).Name, colleague.Verbs[0].Detail));

        // Words of a conversation stand in no address in the clear, and both questions of the carrier were answered.
        Assert.DoesNotContain("table", colleague.Requests.Single(r => r.Purpose == "whisper").Url, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("completed", caller.Requests.Single(r => r.Purpose == "action")["DialCallStatus"]);
        Assert.Empty(fleet.Carrier.Exchange.Notifications);
        Assert.Contains(_events, e => e is CallEvent.CallEnded { Reason: CallEndReason.Transferred });
    }

    [Fact]
    public async Task A_caller_whom_nobody_answers_is_told_so()
    {
        await using TestFleet fleet = await StartAsync(
            call => call.Transfer(new CallTransfer(Colleague)), colleague: Scenario.Parse("""{"name":"busy","callee":{"answers":"busy","ringMs":100},"turns":[{"by":"callee","when":"answered"}]}"""));
        CallRecord call = await fleet.EndAsync(await fleet.PlaceAsync());
        Assert.Equal((CallState.Completed, "transferred"), (call.State, call.StreamEndReason));
        TwilioExchangeVerb said = Assert.Single(fleet.Carrier.Exchange.Calls[0].Verbs, v => v.Name == "Say");
        Assert.Contains("nobody can take your call", said.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_by_the_carrier_are_pressed_and_the_same_call_goes_on_with_a_new_stream()
    {
        int asked = 0;
        await using TestFleet fleet = await StartAsync(
            call =>
            {
                if (Interlocked.Increment(ref asked) == 1)
                {
                    call.PressKeys("12#", KeyMethod.CallUpdate);
                }
                else
                {
                    call.EndAfterPlayback();
                }
            },
            scenario: Line("""
                {"by":"agent","say":"concierge-goodbye","calls":[{"name":"steer","arguments":{}}]},
                {"by":"agent","say":"concierge-goodbye","calls":[{"name":"steer","arguments":{}}]},
                {"by":"callee","when":"answered","afterMs":40000,"hangUp":true}
                """));
        string id = await fleet.PlaceAsync();
        CallRecord call = await fleet.EndAsync(id);
        TwilioExchangeCall there = Assert.Single(fleet.Carrier.Exchange.Calls);

        // The call is over with its second stream, and what was said there stands behind what was said before.
        Assert.Equal((2, 2, "agent_ended"), (call.Streams, call.StreamsEnded, call.StreamEndReason));
        Assert.Equal(there.Streams[1].StreamSid, call.StreamSid);
        CallFact[] facts = [.. (await fleet.Nodes[0].Memory!.Store.ReadFactsAsync(id, 0, 1_000, default)).Select(f => f.Fact)];
        Assert.Equal(["keys_pressed", "agent_ended"], facts.OfType<CallFact.StreamEnded>().Select(f => f.Reason));
        DateTimeOffset[] began = [.. facts.OfType<CallFact.StreamStarted>().Select(f => f.At)];
        long later = (long)(began[1] - began[0]).TotalMilliseconds;
        ILookup<bool, CallFact.Saying> words = facts.OfType<CallFact.Saying>().ToLookup(f => f.At >= began[1]);
        Assert.NotEmpty(words[false]);
        Assert.NotEmpty(words[true]);
        Assert.All(words[false], w => Assert.True(w.Entry.StartMs <= later));
        Assert.All(words[true], w => Assert.True(w.Entry.StartMs >= later));
        Assert.Equal(["Connect", "Play", "Redirect", "Connect"], there.Verbs.Select(v => v.Name).Take(4));
        Assert.Equal("digits 12#", there.Verbs[1].Detail);
        Assert.Equal(CallState.Completed, call.State);
        Assert.Equal([CallEndReason.KeysPressed, CallEndReason.AgentEnded], _events.OfType<CallEvent.CallEnded>().Select(e => e.Reason));
        Assert.Equal(2, there.Streams.Count);
        Assert.Null(await fleet.Nodes[0].Memory!.Book.GetAsync(StreamCalls.IdOf(null, there.Sid), default)); // one call, not two
    }

    [Fact]
    public async Task A_model_that_refuses_for_good_in_mid_call_puts_the_caller_through_to_the_fallback_number()
    {
        Scenario lost = Scenario.Parse("""
            {"name":"lost","callee":{"ringMs":100,"patienceMs":20000},"modelFaults":[{"errorEventAtMs":1200,"errorEventCode":"insufficient_quota"}],"turns":[
            {"by":"agent","say":"concierge-details"},
            {"by":"callee","when":"answered","afterMs":40000,"hangUp":true}]}
            """);
        await using TestFleet fleet = await StartAsync(
            _ => { },
            colleague: Line("""{"by":"callee","when":"answered","afterMs":500,"hangUp":true}"""),
            scenario: lost,
            upstream: new UpstreamOptions { Fallback = new CallTransfer(Colleague) });
        CallRecord call = await fleet.EndAsync(await fleet.PlaceAsync());
        Assert.Equal((CallState.Completed, "transferred"), (call.State, call.StreamEndReason));
        Assert.Contains(fleet.Carrier.Exchange.Calls[0].Verbs, v => (v.Name, v.Detail) == ("Dial", Colleague));
        Assert.Equal(CallEndReason.ModelFatalError, Assert.Single(_events.OfType<CallEvent.ModelGivenUp>()).Reason);
    }

    [Fact]
    public async Task What_the_carrier_cannot_be_asked_is_said_in_words_that_name_the_cure()
    {
        CarrierSteering without = new(null, null, NullLogger.Instance);
        var missing = await Assert.ThrowsAsync<CallSteeringException>(() => without.TransferAsync("CA1", new CallTransfer(Colleague), default).AsTask());
        Assert.Contains("TWILIO_ACCOUNT_SID", missing.Message, StringComparison.Ordinal);
        missing = await Assert.ThrowsAsync<CallSteeringException>(() => without.PressKeysAsync("CA1", "1", default).AsTask());
        Assert.Contains("TWILIO_ACCOUNT_SID", missing.Message, StringComparison.Ordinal);

        await using TestFleet fleet = await StartAsync(_ => { });
        CarrierSteering steering = new(fleet.Nodes[0].Memory, new Uri("https://node.example.com"), NullLogger.Instance);
        var unknown = await Assert.ThrowsAsync<CallSteeringException>(() => steering.TransferAsync("CA" + new string('0', 32), new CallTransfer(Colleague), default).AsTask());
        Assert.Contains("does not know the call", unknown.Message, StringComparison.Ordinal);
        var letters = await Assert.ThrowsAsync<CallSteeringException>(() => steering.PressKeysAsync("CA1", "A", default).AsTask());
        Assert.Contains("0-9", letters.Message, StringComparison.Ordinal);
    }

    private Task<TestFleet> StartAsync(Action<ICallControl> onTool, Scenario? colleague = null, Scenario? scenario = null, UpstreamOptions? upstream = null) => TestFleet.StartAsync(
        "sqlite",
        scenario ?? s_speaker,
        carrier: o => colleague is null ? o : o with { Numbers = new Dictionary<string, Scenario> { [Colleague] = colleague } },
        plan: new FleetPlan
        {
            CreateController = (session, _, admit) => new SteeringController(session, admit, onTool, _events),
            Upstream = upstream ?? new UpstreamOptions { Attempts = 1, ApologySound = default },
        });

    private static Scenario Line(string turns) => Scenario.Parse($$"""{"name":"line","callee":{"ringMs":100,"patienceMs":40000},"turns":[{{turns}}]}""");
}
