using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Tests.Calls;

public sealed class BookingCallTests
{
    [Fact]
    public void The_booking_is_made_from_greeting_to_hang_up()
    {
        BridgedCall call = BridgedCall.Run(ScenarioLibrary.BookingConfirmed);

        Assert.Equal(TwilioTwinEnd.NodeClosed, call.Carrier.End);
        Assert.Equal(5, call.Carrier.Turns.Count);
        Assert.Equal(
            ["restaurant-greeting", "restaurant-when", "restaurant-how-many", "restaurant-confirms", "restaurant-goodbye"],
            call.Model.UserTurns.Select(t => t.Clip));
        Assert.Equal(
            ["concierge-purpose", "concierge-details", "concierge-party", null, "concierge-read-back", "concierge-goodbye"],
            call.Model.Responses.Select(r => r.Clip?.Name));
        Assert.All(call.Model.Responses, r => Assert.Equal("completed", r.Status));
        Assert.Equal(["record_outcome", "end_call"], call.Model.Responses.SelectMany(r => r.FunctionCalls).Select(c => c.Name));
        Assert.Empty(call.Model.Errors);
        Assert.Empty(call.Carrier.Warnings);
        Assert.Null(call.Model.Fault);
        Assert.Null(call.Carrier.Fault);
        Assert.Equal(0, call.Loop.OutsidePosts);
    }

    [Fact]
    public void The_interruption_stops_the_agent_at_the_callees_ear_and_is_truncated_where_it_was_heard()
    {
        BridgedCall call = BridgedCall.Run(ScenarioLibrary.BookingConfirmed);

        TwilioTwinTurn interruption = Assert.Single(call.Carrier.Turns, t => t.Interrupts);
        Assert.Equal("restaurant-how-many", interruption.Clip);
        Assert.NotNull(interruption.AgentStoppedAt);
        Assert.InRange((interruption.AgentStoppedAt.Value - interruption.StartedAt).TotalMilliseconds, 20, 400);
        RealtimeTwinTruncation truncation = Assert.Single(call.Model.Truncations);
        Assert.Null(truncation.Error);
        Assert.Equal(call.Model.Responses[1].ItemId, truncation.ItemId);
        Assert.InRange(truncation.AudioEndMs, 4800, 5800);
        TwilioTwinClear clear = Assert.Single(call.Carrier.Clears);
        Assert.True(clear.DroppedMs > 2000);
        Assert.Equal(clear.Marks, call.Carrier.Marks.Count(m => m.Cleared));
    }

    [Fact]
    public void The_same_seed_gives_the_same_call_to_the_last_sample()
    {
        BridgedCall once = BridgedCall.Run(ScenarioLibrary.BookingConfirmed);
        BridgedCall again = BridgedCall.Run(ScenarioLibrary.BookingConfirmed);
        BridgedCall other = BridgedCall.Run(ScenarioLibrary.BookingConfirmed with { Seed = 2 });

        Assert.Equal(once.Carrier.ToStereo(), again.Carrier.ToStereo());
        Assert.Equal(once.Model.Sent, again.Model.Sent);
        Assert.Equal(once.Loop.WorkItemsRun, again.Loop.WorkItemsRun);
        Assert.NotEqual(once.Model.Sent.Select(e => e.Bytes), other.Model.Sent.Select(e => e.Bytes));
    }
}
