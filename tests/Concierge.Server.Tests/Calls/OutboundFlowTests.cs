using System.Text.Json.Nodes;
using Concierge.Calls.Life;
using Concierge.Calls.Outcome;
using Concierge.Calls.Policy;
using Concierge.Calls.Store;
using Concierge.Server.Node;
using Concierge.Simulation.Exchange;
using Concierge.Simulation.Scenarios;
using Concierge.TestKit;

namespace Concierge.Server.Tests.Calls;

/// <summary>
/// Outbound calls from the API over REST, webhooks, callbacks (swapped and doubled) and media to their end, in both stores. What becomes of the call is the
/// scenario's callee.
/// </summary>
public class OutboundFlowTests
{
    private static readonly Scenario s_talk = Callee("", """
        {"by":"callee","when":"answered","afterMs":100,"say":"restaurant-hello"},
        {"by":"agent","say":"concierge-goodbye"},
        {"by":"callee","when":"silence","afterMs":200,"hangUp":true}
        """);

    public static TheoryData<string> Kinds => TestFleet.Kinds;

    public static TheoryData<string, string, CallState> Unanswered
    {
        get
        {
            TheoryData<string, string, CallState> rows = [];
            foreach (string kind in (string[])["sqlite", "postgresql"])
            {
                rows.Add(kind, "busy", CallState.Busy);
                rows.Add(kind, "noAnswer", CallState.NoAnswer);
                rows.Add(kind, "failed", CallState.Failed);
            }

            return rows;
        }
    }

    public static TheoryData<string, string> Outcomes => new() { { "sqlite", "confirmed" }, { "postgresql", "confirmed" }, { "sqlite", "rejected" }, { "postgresql", "rejected" } };

    [Theory]
    [MemberData(nameof(Unanswered))]
    public async Task A_call_that_is_not_answered_ends_as_the_carrier_says(string kind, string answers, CallState state)
    {
        await using TestFleet fleet = await TestFleet.StartAsync(kind, Callee($"\"answers\":\"{answers}\",", """{"by":"callee","when":"answered"}"""));
        CallRecord call = await fleet.EndAsync(await fleet.PlaceAsync());
        Assert.Equal((state, "callback", CallFactSource.Callback), (call.State, call.Cause, call.StateSource));
        Assert.Null(call.StreamSid);
        Assert.Null(call.Outcome);
        await AssertStoredAsync(fleet, call);
    }

    [Theory]
    [MemberData(nameof(Outcomes))]
    public async Task A_booking_and_a_refusal_are_outcomes_of_completed_calls(string kind, string status)
    {
        string arguments = status == "confirmed" ? """{"status":"confirmed","confirmation_number":"B as in Boston, four seven double one"}""" : """{"status":"rejected"}""";
        await using TestFleet fleet = await TestFleet.StartAsync(kind, Callee("", $$"""
            {"by":"agent","say":"concierge-goodbye","calls":[{"name":"record_outcome","arguments":{{arguments}}}]},
            {"by":"callee","when":"answered","afterMs":60000,"hangUp":true}
            """));
        string id = await fleet.PlaceAsync();
        await fleet.UntilAsync(id, c => c.Outcome is not null);
        fleet.HangUp();
        CallRecord call = await fleet.EndAsync(id);
        Assert.Equal((CallState.Completed, "carrier_stopped", null), (call.State, call.StreamEndReason, call.Error));
        Assert.Equal(status == "confirmed" ? CallOutcomeStatus.Confirmed : CallOutcomeStatus.Rejected, call.Outcome?.Status);
        Assert.Equal(status == "confirmed" ? "B4711" : null, call.Outcome!.ConfirmationNumber);
        Assert.NotNull(call.AnsweredAt);
        Assert.True(call.CallSid!.StartsWith("CA", StringComparison.Ordinal) && call.StreamSid!.StartsWith("MZ", StringComparison.Ordinal));
        await AssertStoredAsync(fleet, call);
        IReadOnlyList<StoredFact> facts = await fleet.Nodes[0].Memory!.Store.ReadFactsAsync(call.Id, 0, 1_000, default);
        Assert.Contains(CallTranscripts.Read(facts.Select(f => f.Fact)), e => e.Speaker == TranscriptSpeaker.Agent && e.Text.Length > 0);
        Assert.Contains(facts, f => f.Fact is CallFact.TurnMeasured);
        Assert.Contains(facts, f => f.Fact is CallFact.UsageReported);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_machine_is_hung_up_on(string kind)
    {
        await using TestFleet fleet = await TestFleet.StartAsync(kind, Callee("\"answeredBy\":\"machine_start\",\"detectionMs\":300,", """{"by":"callee","when":"answered","afterMs":15000,"hangUp":true}"""));
        CallRecord call = await fleet.EndAsync(await fleet.PlaceAsync());
        Assert.Equal((CallState.Completed, "machine_start", "voicemail"), (call.State, call.AnsweredBy, call.HangupCause));
        Assert.True(call.ReachedMachine);
        await AssertStoredAsync(fleet, call);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_machine_is_left_a_message_after_its_greeting(string kind)
    {
        Scenario machine = Callee("\"answeredBy\":\"machine_start\",\"detectionMs\":300,", """{"by":"callee","when":"answered","afterMs":15000,"hangUp":true}""");
        await using TestFleet fleet = await TestFleet.StartAsync(kind, machine, configure: o => o with { Voicemail = VoicemailPolicy.LeaveMessage, VoicemailMessage = "We call again." });
        CallRecord call = await fleet.EndAsync(await fleet.PlaceAsync());
        Assert.Equal((CallState.Completed, "voicemail_message"), (call.State, call.HangupCause));
        Assert.Contains(fleet.Carrier.Exchange.Calls[0].Verbs, v => v.ToString().Contains("Say", StringComparison.Ordinal));
        await AssertStoredAsync(fleet, call);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_call_over_its_time_is_ended(string kind)
    {
        Scenario endless = Callee("", """{"by":"callee","when":"answered","afterMs":60000,"hangUp":true}""");
        await using TestFleet fleet = await TestFleet.StartAsync(kind, endless, configure: o => o with { TimeLimit = TimeSpan.FromSeconds(1), CallbackGrace = TimeSpan.FromSeconds(1) });
        CallRecord call = await fleet.EndAsync(await fleet.PlaceAsync());
        Assert.Equal(CallState.Completed, call.State);
        await AssertStoredAsync(fleet, call);
        Assert.True(fleet.Carrier.Exchange.Calls[0].HasEnded);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_call_can_be_canceled_while_it_rings(string kind)
    {
        await using TestFleet fleet = await TestFleet.StartAsync(kind, Callee("\"ringMs\":30000,", """{"by":"callee","when":"answered"}"""));
        string id = await fleet.PlaceAsync();
        await fleet.UntilAsync(id, c => c.State == CallState.Ringing);
        using HttpClient http = fleet.Client();
        using HttpResponseMessage answer = await http.PostAsync($"/api/v1/calls/{id}/hangup", null);
        Assert.Equal(202, (int)answer.StatusCode);
        CallRecord call = await fleet.EndAsync(id);
        Assert.Equal((CallState.Canceled, "operator"), (call.State, call.HangupCause));
        await AssertStoredAsync(fleet, call);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_callee_hangs_up_in_mid_sentence(string kind)
    {
        await using TestFleet fleet = await TestFleet.StartAsync(kind, Callee("", """
            {"by":"callee","when":"answered","afterMs":100,"say":"restaurant-hello"},
            {"by":"agent","say":"concierge-details"},
            {"by":"callee","when":"speaking","afterMs":800,"hangUp":true}
            """));
        CallRecord call = await fleet.EndAsync(await fleet.PlaceAsync());
        Assert.Equal((CallState.Completed, "carrier_stopped"), (call.State, call.StreamEndReason));
        Assert.Null(call.Outcome);
        await AssertStoredAsync(fleet, call);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_model_that_cannot_be_reached_fails_the_call_for_good(string kind)
    {
        await using TestFleet fleet = await TestFleet.StartAsync(kind, Callee("", """{"by":"callee","when":"answered","afterMs":60000,"hangUp":true}"""));
        await fleet.Model.DisposeAsync();
        string id = await fleet.PlaceAsync();
        CallRecord call = await fleet.EndAsync(id);
        await fleet.Carrier.Exchange.Calls[0].Ended.WaitAsync(TimeSpan.FromSeconds(90));
        call = await fleet.UntilAsync(id, c => c.LastSequence >= 3);
        Assert.Equal((CallState.Failed, "model_refused"), (call.State, call.Cause));
        Assert.NotNull(call.Error);
    }

    [Fact]
    public async Task Callbacks_may_reach_another_node_and_both_nodes_tell_the_same()
    {
        await using TestFleet fleet = await TestFleet.StartAsync("postgresql", s_talk, nodes: 2);
        string id = await fleet.PlaceAsync(node: 0); // the carrier reaches node 1 only
        CallRecord call = await fleet.EndAsync(id, node: 0);
        Assert.Equal((CallState.Completed, "carrier_stopped"), (call.State, call.StreamEndReason));
        Assert.Equal(fleet.Nodes[1].Memory!.Book.Node, call.Node);
        foreach (int node in (int[])[0, 1])
        {
            using HttpClient http = fleet.Client(node);
            JsonNode list = JsonNode.Parse(await http.GetStringAsync("/calls"))!;
            Assert.Equal((id, "completed"), (list["calls"]![0]!["call_id"]!.GetValue<string>(), list["calls"]![0]!["status"]!.GetValue<string>()));
        }
    }

    [Fact]
    public async Task The_database_stops_in_the_middle_of_a_call_and_nobody_on_the_line_notices()
    {
        await using PostgresCluster? cluster = await PostgresCluster.StartOwnAsync();
        Assert.SkipWhen(cluster is null, PostgresCluster.Missing);
        await using TestFleet fleet = await TestFleet.StartAsync("postgresql", s_talk, database: await cluster!.CreateDatabaseAsync());
        string id = await fleet.PlaceAsync();
        await fleet.UntilAsync(id, c => c.State == CallState.InProgress);
        await cluster.StopAsync();
        await fleet.Carrier.Exchange.Calls[0].Ended.WaitAsync(TimeSpan.FromSeconds(90));
        using HttpClient http = fleet.Client();
        JsonNode health = JsonNode.Parse(await http.GetStringAsync("/health"))!;
        Assert.Equal(("healthy", "away"), (health["status"]!.GetValue<string>(), health["store"]!.GetValue<string>()));
        Assert.True(health["waiting"]!.GetValue<long>() > 0);
        await cluster.StartAsync();
        CallRecord call = await fleet.UntilAsync(id, c => c.IsSettled && fleet.Nodes[0].Memory!.Book.Health.StoreAvailable);
        Assert.Equal(CallState.Completed, call.State);
        await AssertStoredAsync(fleet, call);
        Assert.Equal((0, 0), (fleet.Nodes[0].Memory!.Book.Health.Dropped, fleet.Nodes[0].Memory!.Book.Health.Spilled));
    }

    [Fact]
    public async Task An_answer_that_is_lost_does_not_dial_twice()
    {
        await using TestFleet fleet = await TestFleet.StartAsync("sqlite", s_talk, carrier: o => o with { RestFaults = new TwilioRestFaults { LoseAnswers = 1 } });
        CallRecord call = await fleet.EndAsync(await fleet.PlaceAsync());
        Assert.Equal(CallState.Completed, call.State);
        Assert.Single(fleet.Carrier.Exchange.Calls);
        Assert.Equal(fleet.Carrier.Exchange.Calls[0].Sid, call.CallSid);
    }

    [Fact]
    public async Task An_order_that_is_put_off_is_repeated()
    {
        await using TestFleet fleet = await TestFleet.StartAsync("sqlite", Callee("\"answers\":\"busy\",", """{"by":"callee","when":"answered"}"""), carrier: o => o with { RestFaults = new TwilioRestFaults { First = 2, Status = 429 } });
        Assert.Equal(CallState.Busy, (await fleet.EndAsync(await fleet.PlaceAsync())).State);
        Assert.Single(fleet.Carrier.Exchange.Calls);
    }

    private static Scenario Callee(string callee, string turns) =>
        Scenario.Parse($$"""{"name":"flow","callee":{ {{callee}} "patienceMs":20000},"turns":[{{turns}}]}""".Replace("\"callee\":{ \"patience", "\"callee\":{\"ringMs\":100,\"patience", StringComparison.Ordinal));

    private static async Task AssertStoredAsync(TestFleet fleet, CallRecord call)
    {
        NodeCalls memory = fleet.Nodes[0].Memory!;
        await memory.Book.StoredAsync();
        await fleet.UntilAsync(call.Id, _ => memory.Book.Health.StoreAvailable);
        CallRecord stored = (await memory.Store.GetAsync(call.Id, default))!;
        Assert.Equal((call.State, call.CallSid, call.StreamSid), (stored.State, stored.CallSid, stored.StreamSid));
        Assert.Equal(TestFleet.Number, stored.To);
    }
}
