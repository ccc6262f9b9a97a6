using Concierge.Calls.Life;
using Concierge.Calls.Outcome;

namespace Concierge.Calls.Tests.Life;

public class CallFoldTests
{
    private static readonly DateTimeOffset s_start = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Fact]
    public void Follows_a_call_from_dialling_to_its_end()
    {
        CallRecord call = Fold(Life("c1", CallState.Completed));
        Assert.Equal(CallState.Completed, call.State);
        Assert.Equal("callback", call.Cause);
        Assert.Equal(("CA1", "MZ1"), (call.CallSid, call.StreamSid));
        Assert.Equal(s_start.AddSeconds(2), call.RingingAt);
        Assert.Equal(s_start.AddSeconds(5), call.AnsweredAt);
        Assert.Equal(s_start.AddSeconds(65), call.EndedAt);
        Assert.Equal(60, call.DurationSeconds);
        Assert.Equal(3, call.LastSequence);
        Assert.Equal(2, call.TranscriptTurns);
        Assert.Equal(CallOutcomeStatus.Confirmed, call.Outcome!.Status);
        Assert.True(call.IsSettled);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Comes_to_the_same_whatever_the_order_of_the_facts(int seed)
    {
        Random random = new(seed);
        CallState end = (CallState)(3 + (seed % 5));
        CallFact[] facts = [.. Life("c1", end)];
        CallRecord straight = Fold(facts);
        CallFact[] shuffled = [.. facts];
        random.Shuffle(shuffled);
        Assert.Equal(straight, Fold(shuffled));
    }

    [Fact]
    public void A_failed_call_never_turns_completed()
    {
        CallRecord call = Fold([Report(CallState.Failed, 10, "model_refused"), Report(CallState.InProgress, 4), Report(CallState.Completed, 12)]);
        Assert.Equal((CallState.Failed, "model_refused"), (call.State, call.Cause));
        Assert.Equal(s_start.AddSeconds(10), call.EndedAt);
        Assert.Equal(s_start.AddSeconds(4), call.AnsweredAt);
    }

    [Theory]
    [InlineData(CallState.Busy)]
    [InlineData(CallState.NoAnswer)]
    [InlineData(CallState.Canceled)]
    [InlineData(CallState.Failed)]
    [InlineData(CallState.Completed)]
    public void A_late_report_does_not_bring_a_call_back(CallState end)
    {
        CallRecord call = Fold([Report(end, 20), Report(CallState.Ringing, 2), Report(CallState.Initiated, 1)]);
        Assert.Equal(end, call.State);
        Assert.Equal(s_start.AddSeconds(2), call.RingingAt);
    }

    [Fact]
    public void The_agents_own_word_outranks_what_was_read_from_the_transcript()
    {
        CallFact told = new CallFact.OutcomeRecorded
        {
            CallId = "c",
            At = s_start,
            Outcome = new CallOutcome { Status = CallOutcomeStatus.Confirmed, ConfirmationNumber = "B4711", Source = CallOutcomeSource.AgentTool },
        };
        CallFact read = new CallFact.OutcomeRecorded
        {
            CallId = "c",
            At = s_start.AddSeconds(9),
            Outcome = new CallOutcome { Status = CallOutcomeStatus.Pending, Source = CallOutcomeSource.Transcript, Confidence = 0.4 },
        };
        Assert.Equal("B4711", Fold([told, read]).Outcome!.ConfirmationNumber);
        Assert.Equal("B4711", Fold([read, told]).Outcome!.ConfirmationNumber);
    }

    [Fact]
    public void A_call_is_settled_only_when_its_stream_has_ended_too()
    {
        CallRecord call = Fold([Report(CallState.InProgress, 1), new CallFact.StreamStarted { CallId = "c", At = s_start, StreamSid = "MZ1", CallSid = "CA1" }, Report(CallState.Completed, 2)]);
        Assert.True(call.IsFinal);
        Assert.False(call.IsSettled);
        Assert.True(CallFold.Apply(call, new CallFact.StreamEnded { CallId = "c", At = s_start.AddSeconds(2), Reason = "carrier_stopped" }).IsSettled);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_call_whose_keys_were_pressed_has_two_streams_and_is_over_with_the_second(int seed)
    {
        CallFact[] facts =
        [
            Report(CallState.InProgress, 1),
            new CallFact.StreamStarted { CallId = "c", At = s_start.AddSeconds(2), StreamSid = "MZ1", CallSid = "CA1", Node = "a/1" },
            new CallFact.StreamEnded { CallId = "c", At = s_start.AddSeconds(9), Reason = "keys_pressed" },
            new CallFact.StreamStarted { CallId = "c", At = s_start.AddSeconds(8), StreamSid = "MZ2", CallSid = "CA1", Node = "b/1" },
            Report(CallState.Completed, 30),
        ];
        Random random = new(seed);
        random.Shuffle(facts);
        CallRecord call = Fold(facts);
        Assert.Equal((2, 1, "MZ2", "b/1"), (call.Streams, call.StreamsEnded, call.StreamSid, call.Node));
        Assert.Equal(s_start.AddSeconds(2), call.StreamStartedAt);
        Assert.True(call.IsStreaming);
        Assert.False(call.IsSettled);

        CallFact last = new CallFact.StreamEnded { CallId = "c", At = s_start.AddSeconds(30), Reason = "model_closed", Error = "It broke." };
        CallFact[] all = [.. facts, last];
        random.Shuffle(all);
        call = Fold(all);
        Assert.Equal((false, true, "model_closed", "It broke."), (call.IsStreaming, call.IsSettled, call.StreamEndReason, call.StreamError));
    }

    [Fact]
    public void A_stream_that_an_older_version_wrote_down_is_over_with_its_end()
    {
        CallRecord call = CallFactJson.ReadRecord("""{"id":"c","direction":"inbound","state":3,"state_source":"media","created_at":"2026-05-01T12:00:00+00:00","stream_started_at":"2026-05-01T12:00:00+00:00"}""".Replace("\"state\":3", $"\"state\":{System.Text.Json.JsonSerializer.Serialize(CallState.Completed)}"));
        Assert.True(call.IsStreaming);
        Assert.True(CallFold.Apply(call, CallFactJson.ReadFact("""{"kind":"stream_ended","reason":"carrier_stopped","call_id":"c","at":"2026-05-01T12:01:00+00:00","fact_id":"f"}""")).IsSettled);
    }

    [Fact]
    public void A_node_that_was_lost_with_two_streams_leaves_no_call_unsettled()
    {
        CallRecord call = Fold([
            Report(CallState.Failed, 40),
            new CallFact.StreamStarted { CallId = "c", At = s_start, StreamSid = "MZ1", CallSid = "CA1" },
            new CallFact.StreamStarted { CallId = "c", At = s_start.AddSeconds(8), StreamSid = "MZ2", CallSid = "CA1" }]);
        Assert.True(CallFold.Apply(call, new CallFact.StreamEnded { CallId = "c", At = s_start.AddSeconds(40), Reason = "node_lost", Streams = call.Streams - call.StreamsEnded }).IsSettled);
    }

    [Theory]
    [InlineData("queued", CallState.Initiated)]
    [InlineData("in-progress", CallState.InProgress)]
    [InlineData("no-answer", CallState.NoAnswer)]
    [InlineData("no_answer", CallState.NoAnswer)]
    public void Reads_the_carriers_names(string text, CallState state)
    {
        Assert.True(CallStates.TryParse(text, out CallState read));
        Assert.Equal(state, read);
        Assert.False(CallStates.TryParse("Completed ", out _));
    }

    [Theory]
    [InlineData("call_0123", true)]
    [InlineData("", false)]
    [InlineData("../../etc/passwd", false)]
    [InlineData("a b", false)]
    [InlineData("٣٤", false)]
    public void Takes_only_harmless_texts_for_ids(string text, bool valid) => Assert.Equal(valid, CallIds.IsValid(text));

    private static CallRecord Fold(IEnumerable<CallFact> facts) => facts.Aggregate((CallRecord?)null, CallFold.Apply)!;

    private static CallFact.Reported Report(CallState state, int second, string cause = "callback", int? sequence = null) => new()
    {
        CallId = "c",
        At = s_start.AddSeconds(second),
        State = state,
        Cause = cause,
        Source = CallFactSource.Callback,
        Sequence = sequence,
        DurationSeconds = state == CallState.Completed ? second - 5 : null,
        Error = state == CallState.Failed ? "It failed." : null,
    };

    private static IEnumerable<CallFact> Life(string id, CallState end)
    {
        yield return new CallFact.Created { CallId = id, At = s_start, Direction = CallDirection.Outbound, To = "+14155550123", From = "+14155550100", Agent = "reservation", Node = "a/1" };
        yield return new CallFact.Dialed { CallId = id, At = s_start.AddSeconds(1), CallSid = "CA1" };
        yield return Report(CallState.Initiated, 1, sequence: 0) with { CallId = id };
        yield return Report(CallState.Ringing, 2, sequence: 1) with { CallId = id };
        yield return Report(CallState.InProgress, 5, sequence: 2) with { CallId = id };
        yield return new CallFact.StreamStarted { CallId = id, At = s_start.AddSeconds(6), StreamSid = "MZ1", CallSid = "CA1", Node = "b/1" };
        yield return new CallFact.Answered { CallId = id, At = s_start.AddSeconds(8), By = "unknown" };
        yield return new CallFact.Answered { CallId = id, At = s_start.AddSeconds(9), By = "human", DetectionMs = 3_000 };
        yield return new CallFact.Said { CallId = id, At = s_start.AddSeconds(10), Entry = new TranscriptEntry(TranscriptSpeaker.Caller, "Hello?", 0, 500) };
        yield return new CallFact.Said { CallId = id, At = s_start.AddSeconds(12), Entry = new TranscriptEntry(TranscriptSpeaker.Agent, "Good evening.", 900, 1_900) };
        yield return new CallFact.OutcomeRecorded { CallId = id, At = s_start.AddSeconds(50), Outcome = new CallOutcome { Status = CallOutcomeStatus.Pending, Source = CallOutcomeSource.AgentTool } };
        yield return new CallFact.OutcomeRecorded { CallId = id, At = s_start.AddSeconds(55), Outcome = new CallOutcome { Status = CallOutcomeStatus.Confirmed, Source = CallOutcomeSource.AgentTool } };
        yield return new CallFact.UsageReported { CallId = id, At = s_start.AddSeconds(56), Usage = new CallUsage(100, 50) };
        yield return new CallFact.HangupRequested { CallId = id, At = s_start.AddSeconds(61), Cause = "operator" };
        yield return new CallFact.HangupRequested { CallId = id, At = s_start.AddSeconds(60), Cause = "time_limit" };
        yield return new CallFact.StreamEnded { CallId = id, At = s_start.AddSeconds(64), Reason = "carrier_stopped", Error = null };
        yield return Report(end, 65, sequence: 3) with { CallId = id };
        yield return Report(CallState.Completed, 66, "media", sequence: null) with { CallId = id, DurationSeconds = 60 };
    }
}
