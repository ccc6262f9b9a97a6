using Concierge.Simulation.Exchange;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Tests.Exchange;

public sealed class OutboundCallTests
{
    [Fact]
    public void A_call_rings_is_answered_streams_and_completes_with_every_callback_in_sequence()
    {
        ExchangeBench.Run(async bench =>
        {
            TwilioExchangeCall call = bench.Place("StatusCallback=https%3A%2F%2Fnode.example%2Fstatus&StatusCallbackEvent=initiated&StatusCallbackEvent=ringing&StatusCallbackEvent=answered&StatusCallbackEvent=completed");
            Assert.Equal("queued", call.Status);
            await call.Ended;

            Assert.Equal("completed", call.Status);
            TwilioTwinRecord stream = Assert.Single(call.Streams);
            Assert.Equal(TwilioTwinEnd.NodeClosed, stream.End);
            Assert.Equal(5, stream.Turns.Count);
            TwilioExchangeRequest[] told = [.. call.Requests.Where(r => r.Purpose == "status")];
            Assert.Equal(["initiated", "ringing", "in-progress", "completed"], told.Select(r => r["CallStatus"]));
            Assert.Equal(["0", "1", "2", "3"], told.Select(r => r["SequenceNumber"]));
            Assert.All(told, r => Assert.Equal("call-progress-events", r["CallbackSource"]));
            Assert.Matches(@"^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$", told[0]["Timestamp"]);
            Assert.InRange(int.Parse(told[3]["CallDuration"]!, null), 30, 90);
            Assert.Equal("200", told[3]["SipResponseCode"]);
            TwilioExchangeRequest voice = Assert.Single(call.Requests, r => r.Purpose == "voice");
            Assert.Equal(("in-progress", "outbound-api", "2010-04-01", call.Sid), (voice["CallStatus"], voice["Direction"], voice["ApiVersion"], voice["CallSid"]));
            Assert.Equal("wss://node.example/media", bench.Dialled[0].Uri.AbsoluteUri);
            Assert.Empty(bench.Exchange.Notifications);
        });
    }

    [Fact]
    public void Webhooks_and_upgrades_carry_the_signature_over_their_public_address()
    {
        var options = new TwilioExchangeOptions { AuthToken = "12345" };
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place(url: "Url=https%3A%2F%2Fnode.example%3A8443%2Fvoice%3Fa%3D1%23rc%3D3");
                await call.Ended;

                (string _, IReadOnlyDictionary<string, string> fields, HttpRequestMessage request) = bench.Webhooks[0];
                string expected = TwilioSignature.Sign("12345", "https://node.example/voice?a=1", fields);
                Assert.Equal(expected, Assert.Single(request.Headers.GetValues("X-Twilio-Signature")));
                Assert.Equal("", request.RequestUri!.Fragment);
                Assert.Contains(new("X-Twilio-Signature", TwilioSignature.Sign("12345", "wss://node.example/media")), bench.Dialled[0].Headers);
            },
            options: options);
    }

    [Theory]
    [InlineData(ScenarioAnswer.Busy, "busy", "486")]
    [InlineData(ScenarioAnswer.NoAnswer, "no-answer", "487")]
    [InlineData(ScenarioAnswer.Failed, "failed", "404")]
    [InlineData(ScenarioAnswer.Canceled, "canceled", "487")]
    public void A_number_that_does_not_answer_ends_the_call_without_asking_for_twiml(ScenarioAnswer answer, string status, string sip)
    {
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place("StatusCallback=https%3A%2F%2Fnode.example%2Fstatus&Timeout=20", to: "%2B15005550199");
                await call.Ended;

                Assert.Equal(status, call.Status);
                TwilioExchangeRequest told = Assert.Single(call.Requests);
                Assert.Equal((status, sip, "0"), (told["CallStatus"], told["SipResponseCode"], told["CallDuration"]));
                Assert.Equal(answer == ScenarioAnswer.NoAnswer, (call.EndedAt - call.StartedAt)!.Value.TotalSeconds > 20);
            },
            options: new TwilioExchangeOptions { Numbers = new Dictionary<string, Scenario> { ["+15005550199"] = Answering(answer) } });
    }

    [Fact]
    public void SendDigits_are_pressed_as_soon_as_somebody_answers()
    {
        Scenario menu = Scenario.Parse("""{"name":"menu","turns":[{"by":"callee","when":"digits","digits":"42#","say":"restaurant-hello","hangUp":true}]}""");
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place("SendDigits=ww42%23&MachineDetection=Enable", to: "%2B15005550199");
                await call.Ended;
                Assert.Equal(("SendDigits", "ww42#"), (call.Verbs[0].Name, call.Verbs[0].Detail));
                Assert.True((call.EndedAt - call.AnsweredAt)!.Value.TotalSeconds < 10);
                Assert.Null(call.AnsweredBy);
            },
            (_, _) => "<Response><Pause length=\"30\"/></Response>",
            new TwilioExchangeOptions { Numbers = new Dictionary<string, Scenario> { ["+15005550199"] = menu } });
    }

    [Fact]
    public void The_second_call_of_a_second_waits_in_the_queue()
    {
        ExchangeBench.Run(async bench =>
        {
            TwilioExchangeCall first = bench.Place();
            TwilioExchangeCall second = bench.Place();
            await bench.WaitAsync(0.5);
            Assert.Equal(("ringing", "queued"), (first.Status, second.Status));
            await bench.WaitAsync(0.8);
            Assert.Equal("ringing", second.Status);
            Assert.Equal("1040", bench.Rest("GET", $"{bench.Account}/Calls/{second.Sid}.json").Body["queue_time"]!.ToString());
        });
    }

    [Fact]
    public void Callbacks_can_arrive_swapped_and_twice()
    {
        var options = new TwilioExchangeOptions { CallbackOrder = StatusCallbackOrder.Swapped, DuplicateEveryCallbacks = 2 };
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place("StatusCallback=https%3A%2F%2Fnode.example%2Fstatus&StatusCallbackEvent=initiated+ringing+answered+completed");
                await call.Ended;
                Assert.Equal(["1", "1", "0", "3", "3", "2"], call.Requests.Where(r => r.Purpose == "status").Select(r => r["SequenceNumber"]));
            },
            options: options);
    }

    [Fact]
    public void Detection_holds_the_document_up_unless_it_is_asynchronous()
    {
        var options = new TwilioExchangeOptions { Scenario = ScenarioLibrary.Get("voicemail") with { Callee = new ScenarioCallee { AnsweredBy = "machine_start" } } };
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place("MachineDetection=DetectMessageEnd", url: "Twiml=%3CResponse%3E%3CPause+length%3D%2230%22%2F%3E%3C%2FResponse%3E");
                await bench.WaitAsync(4);
                Assert.Empty(call.Verbs);
                await bench.WaitAsync(6);
                Assert.Equal("machine_end_beep", call.AnsweredBy);
                Assert.Equal("Pause", Assert.Single(call.Verbs).Name);

                TwilioExchangeCall other = bench.Place("MachineDetection=Enable&AsyncAmd=true&AsyncAmdStatusCallback=https%3A%2F%2Fnode.example%2Famd", url: "Twiml=%3CResponse%3E%3CPause+length%3D%2230%22%2F%3E%3C%2FResponse%3E");
                await bench.WaitAsync(3);
                Assert.Equal("Pause", Assert.Single(other.Verbs).Name);
                TwilioExchangeRequest told = Assert.Single(other.Requests, r => r.Purpose == "amd");
                Assert.Equal(("machine_start", "1200"), (told["AnsweredBy"], told["MachineDetectionDuration"]));
            },
            options: options);
    }

    [Fact]
    public void A_recording_holds_both_voices_and_is_told_of()
    {
        ExchangeBench.Run(async bench =>
        {
            TwilioExchangeCall call = bench.Place("Record=true&RecordingChannels=dual&RecordingStatusCallback=https%3A%2F%2Fnode.example%2Frec&RecordingStatusCallbackEvent=in-progress+completed&StatusCallback=https%3A%2F%2Fnode.example%2Fstatus");
            await call.Ended;

            TwilioExchangeRequest[] told = [.. call.Requests.Where(r => r.Purpose == "recording")];
            Assert.Equal(["in-progress", "completed"], told.Select(r => r["RecordingStatus"]));
            Assert.Equal(("2", "OutboundAPI", "both"), (told[1]["RecordingChannels"], told[1]["RecordingSource"], told[1]["RecordingTrack"]));
            TwilioExchangeRecording recording = Assert.Single(call.Recordings);
            Assert.Equal(recording.Sid, call.Requests.Single(r => r.Purpose == "status")["RecordingSid"]);
            using var wav = new Concierge.Audio.WavReader(new MemoryStream(recording.ToWav()));
            Assert.Equal((2, 8000), (wav.Channels, wav.SampleRate));
            var samples = new short[(int)wav.TotalFrames * 2];
            wav.Read(samples);
            Assert.True(samples.Where((_, i) => i % 2 == 0).Max() > 3000);
            Assert.True(samples.Where((_, i) => i % 2 == 1).Max() > 3000);
            (int status, _) = bench.Rest("GET", $"{bench.Account}/Recordings/{recording.Sid}.json");
            Assert.Equal(200, status);
        });
    }

    [Fact]
    public void An_incoming_call_is_rejected_or_answered_as_its_document_says()
    {
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall busy = bench.Exchange.CallIn(new Uri("https://node.example/busy"));
                await busy.Ended;
                Assert.Equal("busy", busy.Status);
                Assert.Equal(("ringing", "inbound"), (busy.Requests[0]["CallStatus"], busy.Requests[0]["Direction"]));
                Assert.Null(busy.AnsweredAt);

                TwilioExchangeCall answered = bench.Exchange.CallIn(new Uri("https://node.example/voice"));
                await answered.Ended;
                Assert.Equal("completed", answered.Status);
                Assert.Equal(5, Assert.Single(answered.Streams).Turns.Count);
            },
            (path, _) => path == "/busy" ? "<Response><Reject reason=\"busy\"/></Response>" : ExchangeBench.Connect);
    }

    private static Scenario Answering(ScenarioAnswer answer) => ScenarioLibrary.BookingConfirmed with { Callee = new ScenarioCallee { Answers = answer } };
}
