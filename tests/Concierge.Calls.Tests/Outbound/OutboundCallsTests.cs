using Concierge.Calls.Carrier;
using Concierge.Calls.Journal;
using Concierge.Calls.Life;
using Concierge.Calls.Outbound;
using Concierge.Calls.Policy;
using Concierge.Calls.Store;
using Concierge.Calls.Tests.Store;

namespace Concierge.Calls.Tests.Outbound;

public class OutboundCallsTests
{
    public static TheoryData<string> Kinds => StoreUnderTest.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Writes_the_call_down_before_it_is_dialled_and_has_it_reported_back(string kind)
    {
        await using Desk desk = await Desk.OpenAsync(kind);
        CallRecord call = await desk.Outbound.PlaceAsync(new OutboundCallRequest("+14155550123", Request: "A table for two"), default);
        Assert.Equal((CallState.Initiated, "CA1", "A table for two", "desk/1"), (call.State, call.CallSid, call.Request, call.Node));
        CarrierCallOrder order = Assert.Single(desk.Carrier.Orders);
        Assert.Equal($"https://node.example.com/twiml?call_id={call.Id}", order.TwimlUrl);
        Assert.Equal($"https://node.example.com/twilio-status?call_id={call.Id}", order.StatusCallback);
        Assert.Equal(MachineDetection.Enable, order.MachineDetection);
        await desk.Book.FlushAsync(default);
        Assert.Equal("CA1", (await desk.Test.Store.GetAsync(call.Id, default))!.CallSid);
    }

    [Theory]
    [InlineData(CarrierError.Refused, CallState.Failed, "carrier_refused")]
    [InlineData(CarrierError.Unauthorized, CallState.Failed, "carrier_unauthorized")]
    [InlineData(CarrierError.Unreachable, CallState.Failed, "carrier_unreachable")]
    [InlineData(CarrierError.Unclear, CallState.Initiated, "created")]
    public async Task A_carrier_that_does_not_dial_fails_the_call_and_one_that_may_have_leaves_it_open(CarrierError error, CallState state, string cause)
    {
        await using Desk desk = await Desk.OpenAsync("sqlite");
        desk.Carrier.OnCreate = new CarrierException(error, "It did not work.");
        CallRecord call = await desk.Outbound.PlaceAsync(new OutboundCallRequest("+14155550123"), default);
        Assert.Equal((state, cause), (call.State, call.Cause));
        Assert.Equal(state == CallState.Failed ? "It did not work." : null, call.Error);
        Assert.Single(desk.Carrier.Orders);
    }

    [Fact]
    public async Task An_unconfirmed_call_is_adopted_by_its_callback_or_given_up()
    {
        await using Desk desk = await Desk.OpenAsync("sqlite");
        desk.Carrier.OnCreate = new CarrierException(CarrierError.Unclear, "No answer.");
        CallRecord adopted = await desk.Outbound.PlaceAsync(new OutboundCallRequest("+14155550123"), default);
        CallRecord lost = await desk.Outbound.PlaceAsync(new OutboundCallRequest("+14155550124"), default);
        desk.Book.Record(new CallFact.Reported { CallId = adopted.Id, At = desk.Book.Now, State = CallState.Ringing, Cause = "callback", Source = CallFactSource.Callback, CallSid = "CA9" });
        desk.Clock.Now += TimeSpan.FromSeconds(70);
        desk.Carrier.Calls["CA9"] = new CarrierCall("CA9", CallState.InProgress);
        await desk.Settler.RoundAsync(default);
        Assert.Equal((CallState.Failed, "unconfirmed"), await desk.StateAsync(lost.Id));
        Assert.NotEqual(CallState.Failed, (await desk.StateAsync(adopted.Id)).State);
    }

    [Fact]
    public async Task The_same_key_does_not_dial_twice()
    {
        await using Desk desk = await Desk.OpenAsync("sqlite");
        OutboundCallRequest request = new("+14155550123") { IdempotencyKey = "order 7", RequestedBy = "app" };
        CallRecord one = await desk.Outbound.PlaceAsync(request, default);
        CallRecord two = await desk.Outbound.PlaceAsync(request, default);
        Assert.Equal(one.Id, two.Id);
        Assert.Single(desk.Carrier.Orders);
        await desk.Outbound.PlaceAsync(request with { RequestedBy = "another app" }, default);
        Assert.Equal(2, desk.Carrier.Orders.Count);
    }

    [Theory]
    [InlineData("+19005550123", CallRefusal.Premium)]
    [InlineData("+14155550123 ", CallRefusal.BadNumber)]
    public async Task A_refused_number_reaches_neither_the_carrier_nor_the_store(string number, CallRefusal refusal)
    {
        await using Desk desk = await Desk.OpenAsync("sqlite");
        Assert.Equal(refusal, (await Assert.ThrowsAsync<CallRefusedException>(() => desk.Outbound.PlaceAsync(new OutboundCallRequest(number), default))).Refusal);
        Assert.Empty(desk.Carrier.Orders);
        Assert.Empty((await desk.Test.Store.ListAsync(new CallQuery(), default)).Calls);
        Assert.Equal(
            CallRefusal.BadRequest, (await Assert.ThrowsAsync<CallRefusedException>(() => desk.Outbound.PlaceAsync(new OutboundCallRequest("+14155550123", Agent: "nobody"), default))).Refusal);
    }

    [Fact]
    public async Task Never_lasts_longer_than_what_is_left_of_the_days_minutes()
    {
        await using Desk desk = await Desk.OpenAsync("sqlite", new DestinationPolicyOptions { AllowedPrefixes = ["+1"], MinutesPerDay = 3 });
        await desk.Outbound.PlaceAsync(new OutboundCallRequest("+14155550123"), default);
        Assert.Equal(TimeSpan.FromMinutes(3), desk.Carrier.Orders[0].TimeLimit);
    }

    [Theory]
    [InlineData(CallState.Ringing, CallState.Canceled)]
    [InlineData(CallState.InProgress, CallState.Completed)]
    public async Task Hanging_up_cancels_what_rings_and_ends_what_was_answered(CallState before, CallState after)
    {
        await using Desk desk = await Desk.OpenAsync("sqlite");
        CallRecord call = await desk.Outbound.PlaceAsync(new OutboundCallRequest("+14155550123"), default);
        desk.Carrier.Calls["CA1"] = desk.Carrier.Calls["CA1"] with { State = before };
        if (before == CallState.InProgress)
        {
            // The race: this node still believes that it rings.
            Assert.Equal(CallState.Initiated, call.State);
        }

        call = await desk.Outbound.HangUpAsync(call.Id, "operator", default);
        Assert.Equal((after, "operator"), (call.State, call.HangupCause));
        Assert.Equal(call, await desk.Outbound.HangUpAsync(call.Id, "again", default));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => desk.Outbound.HangUpAsync("call_none", "operator", default));
    }

    [Theory]
    [InlineData(VoicemailPolicy.HangUp, "machine_start", 1, 0)]
    [InlineData(VoicemailPolicy.HangUp, "human", 0, 0)]
    [InlineData(VoicemailPolicy.HangUp, "unknown", 0, 0)]
    [InlineData(VoicemailPolicy.LeaveMessage, "machine_end_beep", 0, 1)]
    [InlineData(VoicemailPolicy.LeaveMessage, "human", 0, 0)]
    [InlineData(VoicemailPolicy.LeaveMessage, "fax", 1, 0)]
    [InlineData(VoicemailPolicy.Ignore, "machine_start", 0, 0)]
    public async Task A_machine_is_hung_up_on_or_left_a_message_and_a_human_is_left_alone(VoicemailPolicy policy, string by, int ended, int redirected)
    {
        await using Desk desk = await Desk.OpenAsync("sqlite", voicemail: policy);
        CallRecord call = await desk.Outbound.PlaceAsync(new OutboundCallRequest("+14155550123"), default);
        Assert.Equal(
            policy switch { VoicemailPolicy.HangUp => MachineDetection.Enable, VoicemailPolicy.LeaveMessage => MachineDetection.DetectMessageEnd, _ => MachineDetection.Off },
            desk.Carrier.Orders[0].MachineDetection);
        desk.Carrier.Calls["CA1"] = desk.Carrier.Calls["CA1"] with { State = CallState.InProgress };
        call = desk.Book.Record(new CallFact.Answered { CallId = call.Id, At = desk.Book.Now, By = by });
        await desk.Outbound.OnAnsweredByAsync(call, default);
        Assert.Equal((ended, redirected), (desk.Carrier.Ended.Count, desk.Carrier.Redirected.Count));
        Assert.All(desk.Carrier.Redirected, twiml => Assert.Contains("<Say>", twiml));
    }

    [Theory]
    [InlineData(CallState.Completed)]
    [InlineData(CallState.Busy)]
    [InlineData(CallState.NoAnswer)]
    [InlineData(CallState.Failed)]
    public async Task A_call_whose_callbacks_never_came_is_asked_after(CallState there)
    {
        await using Desk desk = await Desk.OpenAsync("sqlite");
        CallRecord call = await desk.Outbound.PlaceAsync(new OutboundCallRequest("+14155550123"), default);
        desk.Carrier.Calls["CA1"] = new CarrierCall("CA1", there, 12);
        await desk.Settler.RoundAsync(default);
        Assert.Equal(CallState.Initiated, (await desk.StateAsync(call.Id)).State);
        desk.Clock.Now += TimeSpan.FromSeconds(60);
        await desk.Settler.RoundAsync(default);
        Assert.Equal((there, "reconciled"), await desk.StateAsync(call.Id));
    }

    [Theory]
    [InlineData(CallState.Ringing, 60, CallState.Canceled, "ring_timeout")]
    [InlineData(CallState.InProgress, 700, CallState.Completed, "time_limit")]
    public async Task A_call_over_its_time_is_hung_up(CallState there, int seconds, CallState end, string cause)
    {
        await using Desk desk = await Desk.OpenAsync("sqlite");
        CallRecord call = await desk.Outbound.PlaceAsync(new OutboundCallRequest("+14155550123"), default);
        desk.Carrier.Calls["CA1"] = new CarrierCall("CA1", there);
        desk.Book.Record(new CallFact.Reported { CallId = call.Id, At = desk.Book.Now, State = there, Cause = "callback", Source = CallFactSource.Callback });
        desk.Clock.Now += TimeSpan.FromSeconds(seconds);
        await desk.Settler.RoundAsync(default);
        Assert.Equal(end, (await desk.StateAsync(call.Id)).State);
        Assert.Equal(cause, (await desk.Book.GetAsync(call.Id, default))!.HangupCause);
        Assert.Equal(["CA1"], desk.Carrier.Ended);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_dead_nodes_calls_are_found_and_settled_by_another(string kind)
    {
        await using Desk desk = await Desk.OpenAsync(kind);
        CallRecord talking = await desk.Outbound.PlaceAsync(new OutboundCallRequest("+14155550123"), default);
        CallRecord ringing = await desk.Outbound.PlaceAsync(new OutboundCallRequest("+14155550124"), default);
        desk.Book.Record(new CallFact.StreamStarted { CallId = talking.Id, At = desk.Book.Now, StreamSid = "MZ1", CallSid = "CA1", Node = "desk/1" });
        desk.Carrier.Calls["CA1"] = new CarrierCall("CA1", CallState.InProgress);
        desk.Carrier.Calls["CA2"] = new CarrierCall("CA2", CallState.NoAnswer);
        await desk.Settler.RoundAsync(default);
        await desk.Book.DisposeAsync();

        desk.Clock.Now += TimeSpan.FromSeconds(40);
        await using ICallStore store = desk.Test.Open(desk.Clock);
        await using CallBook other = desk.BookOf(store, "other/1");
        await new CallSettler(other, desk.Carrier, desk.Outbound.Options, new CallSettlerOptions(), desk.Clock).RoundAsync(default);
        CallRecord broken = (await store.GetAsync(talking.Id, default))!;
        Assert.Equal((CallState.Failed, "node_lost", "node_lost", true), (broken.State, broken.Cause, broken.StreamEndReason, broken.IsSettled));
        Assert.Equal(["CA1"], desk.Carrier.Ended); // nobody is left listening to nothing
        Assert.Equal(CallState.NoAnswer, (await store.GetAsync(ringing.Id, default))!.State);
        Assert.Empty(await store.FindOrphansAsync(desk.Clock.Now, 10, default));
    }

    [Fact]
    public async Task A_node_that_starts_again_settles_what_its_last_run_left_at_once()
    {
        await using Desk desk = await Desk.OpenAsync("sqlite");
        CallRecord call = await desk.Outbound.PlaceAsync(new OutboundCallRequest("+14155550123"), default);
        await desk.Settler.RoundAsync(default);
        await desk.Book.DisposeAsync();
        desk.Carrier.Calls["CA1"] = new CarrierCall("CA1", CallState.Completed, 30);
        await using CallBook again = desk.BookOf(desk.Test.Store, "desk/2");
        await new CallSettler(again, desk.Carrier, desk.Outbound.Options, new CallSettlerOptions(), desk.Clock).RoundAsync(default);
        Assert.Equal(CallState.Completed, (await desk.Test.Store.GetAsync(call.Id, default))!.State);
    }

    [Fact]
    public async Task Waiting_for_the_end_sees_what_another_node_wrote()
    {
        await using Desk desk = await Desk.OpenAsync("sqlite");
        CallRecord call = await desk.Outbound.PlaceAsync(new OutboundCallRequest("+14155550123"), default);
        await using CallBook elsewhere = desk.BookOf(desk.Test.Store, "real/1", TimeProvider.System);
        Task<CallRecord> end = new OutboundCalls(desk.Outbound.Options, desk.Carrier, elsewhere, new DestinationPolicy(new(), desk.Clock))
            .WaitForEndAsync(call.Id, default);
        await desk.Book.FlushAsync(default);
        await desk.Test.Store.AppendAsync([new CallFact.Reported { CallId = call.Id, At = desk.Book.Now, State = CallState.Busy, Cause = "callback", Source = CallFactSource.Callback }], default);
        Assert.Equal(CallState.Busy, (await end.WaitAsync(TimeSpan.FromSeconds(20))).State);
    }

    [Fact]
    public async Task What_is_past_its_retention_goes_with_its_recording_and_nothing_outside_the_folder()
    {
        await using Desk desk = await Desk.OpenAsync("sqlite");
        string folder = Path.Combine(desk.Folder, "recordings");
        Directory.CreateDirectory(folder);
        string inside = Path.Combine(folder, "old.wav"), outside = Path.Combine(desk.Folder, "outside.wav");
        await File.WriteAllTextAsync(inside, "");
        await File.WriteAllTextAsync(outside, "");
        foreach (string path in (string[])["old.wav", "../outside.wav", outside])
        {
            desk.Book.Record(new CallFact.Recorded { CallId = "old", At = desk.Book.Now, Recording = new CallRecording(path, 1, 1, 1) });
        }

        desk.Book.Record(new CallFact.Reported { CallId = "old", At = desk.Book.Now, State = CallState.Completed, Cause = "callback", Source = CallFactSource.Callback });
        await desk.Book.FlushAsync(default);
        desk.Clock.Now += TimeSpan.FromDays(31);
        CallSettler settler = new(desk.Book, null, null, new CallSettlerOptions { Retention = TimeSpan.FromDays(30), RecordingsFolder = folder }, desk.Clock);
        await settler.RoundAsync(default);
        Assert.Null(await desk.Test.Store.GetAsync("old", default));
        Assert.False(File.Exists(inside));
        Assert.True(File.Exists(outside));
    }

    private sealed class Desk : IAsyncDisposable
    {
        public required StoreUnderTest Test { get; init; }

        public required Clock Clock { get; init; }

        public required CallBook Book { get; init; }

        public required OutboundCalls Outbound { get; init; }

        public required CallSettler Settler { get; init; }

        public required string Folder { get; init; }

        public FakeCarrier Carrier { get; private init; } = null!;

        public static async Task<Desk> OpenAsync(string kind, DestinationPolicyOptions? policy = null, VoicemailPolicy voicemail = VoicemailPolicy.HangUp)
        {
            Clock clock = new();
            StoreUnderTest test = await StoreUnderTest.CreateAsync(kind, clock);
            string folder = Directory.CreateTempSubdirectory("concierge-desk-").FullName;
            CallBook book = new(test.Store, new CallJournalOptions { SpillPath = Path.Combine(folder, "spill.jsonl") }, "desk/1", clock);
            FakeCarrier carrier = new();
            OutboundCallsOptions options = new() { From = "+14155550100", PublicUrl = new Uri("https://node.example.com"), Voicemail = voicemail };
            return new Desk
            {
                Test = test,
                Clock = clock,
                Book = book,
                Carrier = carrier,
                Folder = folder,
                Outbound = new OutboundCalls(options, carrier, book, new DestinationPolicy(policy ?? new DestinationPolicyOptions { AllowedPrefixes = ["+1"] }, clock)),
                Settler = new CallSettler(book, carrier, options, new CallSettlerOptions(), clock),
            };
        }

        public CallBook BookOf(ICallStore store, string node, TimeProvider? time = null) =>
            new(store, new CallJournalOptions { SpillPath = Path.Combine(Folder, $"spill-{node.Replace('/', '-')}.jsonl") }, node, time ?? Clock);

        public async Task<(CallState State, string Cause)> StateAsync(string id)
        {
            CallRecord call = (await Book.GetAsync(id, default))!;
            return (call.State, call.Cause);
        }

        public async ValueTask DisposeAsync()
        {
            await Book.DisposeAsync();
            await Test.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
