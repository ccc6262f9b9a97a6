using Concierge.Agents.Simulated;
using Concierge.Calls.Life;
using Concierge.Calls.Outcome;
using Concierge.Calls.Reservations;
using Concierge.Pipelines;
using Concierge.Server.Node;
using Concierge.Simulation.Scenarios;
using Microsoft.Extensions.Logging.Abstractions;
using TranscriptEntry = Concierge.Calls.Outcome.TranscriptEntry;

namespace Concierge.Server.Tests.Calls;

/// <summary>A call that left its stream for keys and came back with another.</summary>
public class SeveralStreamsTests
{
    [Fact]
    public async Task The_outcome_is_read_off_the_whole_call_when_its_last_stream_is_over()
    {
        Scenario nobody = Scenario.Parse("""{"name":"nobody","turns":[{"by":"callee","when":"answered"}]}""");
        await using TestFleet fleet = await TestFleet.StartAsync("sqlite", nobody);
        CallBook book = fleet.Nodes[0].Memory!.Book;
        await using OutcomeAnalysis analysis = new(() => null!, new SimulatedTextModel(TimeProvider.System), fleet.Nodes[0].Memory!, NullLoggerFactory.Instance);
        const string Id = "call_menu";
        book.Record(new CallFact.Created { CallId = Id, At = book.Now, Direction = CallDirection.Outbound, Reservation = new ReservationDetails { PartySize = 4 }, Node = book.Node });
        book.Record(new CallFact.StreamStarted { CallId = Id, At = book.Now, StreamSid = "MZ1", CallSid = "CA1" });
        Say("m1", "We are closed today. Press one to make a reservation.", 0);

        // The menu by itself would be taken for "closed", and what the person says later would count for nothing.
        analysis.Begin(book.FindLocal(Id)!, Result(CallEndReason.KeysPressed));
        book.Record(new CallFact.StreamEnded { CallId = Id, At = book.Now, Reason = "keys_pressed" });
        await Task.Delay(500);
        Assert.Null((await book.GetAsync(Id, default))!.Outcome);

        book.Record(new CallFact.StreamStarted { CallId = Id, At = book.Now, StreamSid = "MZ2", CallSid = "CA1" });
        Say("m2", "A table for four. That is confirmed. Your confirmation number is T B 4 7 2 9.", 9_000);
        analysis.Begin(book.FindLocal(Id)!, Result(CallEndReason.CarrierStopped));
        book.Record(new CallFact.StreamEnded { CallId = Id, At = book.Now, Reason = "carrier_stopped" });
        book.Record(new CallFact.Reported { CallId = Id, At = book.Now, State = CallState.Completed, Cause = "callback", Source = CallFactSource.Callback, CallSid = "CA1" });
        CallRecord read = await fleet.UntilAsync(Id, c => c.Outcome is not null);
        Assert.Equal((CallOutcomeStatus.Confirmed, "TB4729"), (read.Outcome!.Status, read.Outcome.ConfirmationNumber));

        void Say(string item, string text, long startMs) => book.Record(new CallFact.Said
        {
            CallId = Id,
            At = book.Now,
            ItemId = item,
            Entry = new TranscriptEntry(TranscriptSpeaker.Caller, text, startMs, startMs + 2_000),
        });
    }

    private static CallResult Result(CallEndReason reason) => new()
    {
        Reason = reason,
        StreamSid = "MZ1",
        CallSid = "CA1",
        Duration = TimeSpan.FromSeconds(5),
        Transcript = [new Pipelines.TranscriptEntry(CallSpeaker.Caller, "x", TimeSpan.Zero, TimeSpan.FromSeconds(2), "We are closed today, and fully booked.", false, "")],
        Counters = new CallCounters(),
        CallerFrameTime = new LatencyHistogram(),
        AgentDeltaTime = new LatencyHistogram(),
    };
}
