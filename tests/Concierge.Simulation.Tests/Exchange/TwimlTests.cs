using Concierge.Simulation.Exchange;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Tests.Exchange;

public sealed class TwimlTests
{
    private static readonly Scenario s_quiet = Scenario.Parse("""{"name":"quiet","turns":[],"callee":{"patienceMs":120000}}""");

    [Fact]
    public void Verbs_run_one_after_another_in_their_time()
    {
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place();
                await call.Ended;
                Assert.Equal(["Say", "Pause", "Play", "Redirect", "Say", "Hangup"], call.Verbs.Select(v => v.Name));
                Assert.InRange((call.Verbs[1].At - call.Verbs[0].At).TotalMilliseconds, 12 * 65, (12 * 65) + 40);
                Assert.Equal(3, (call.Verbs[2].At - call.Verbs[1].At).TotalSeconds);
                Assert.True(call.Run!.Leg.Heard!.Samples[..4000].ToArray().Max() > 2000);
                Assert.Equal("GET", call.Requests[^1].Method);
            },
            (path, _) => path == "/voice"
                ? "<Response><Say>Good evening</Say><Pause length=\"3\"/><Play digits=\"12\"/><Redirect method=\"GET\">/next</Redirect><Say>never</Say></Response>"
                : "<Response><Say>Next.</Say><Hangup/><Say>never</Say></Response>",
            new TwilioExchangeOptions { Scenario = s_quiet });
    }

    [Theory]
    [InlineData("500", 11200)]
    [InlineData("302", 11215)]
    [InlineData("just text", 12300)]
    [InlineData("<Response><Say>open", 12100)]
    [InlineData("<Answer/>", 12100)]
    public void A_document_that_is_none_is_an_application_error_after_the_fallback_was_asked(string answer, int code)
    {
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place("FallbackUrl=https%3A%2F%2Fnode.example%2Ffallback");
                await call.Ended;
                TwilioExchangeRequest fallback = Assert.Single(call.Requests, r => r.Purpose == "fallback");
                Assert.Equal(code.ToString(System.Globalization.CultureInfo.InvariantCulture), fallback["ErrorCode"]);
                Assert.Contains(bench.Exchange.Notifications, n => n.Code == code && !n.IsWarning);
                Assert.Equal("error", Assert.Single(call.Verbs).Name);
                Assert.Equal("completed", call.Status);
            },
            (_, _) => answer,
            new TwilioExchangeOptions { Scenario = s_quiet });
    }

    [Fact]
    public void A_webhook_that_takes_longer_than_15_s_has_failed()
    {
        ExchangeBench.Run(
            async bench =>
            {
                bench.Delays["/voice"] = TimeSpan.FromSeconds(16);
                TwilioExchangeCall call = bench.Place();
                await call.Ended;
                TwilioNotification error = Assert.Single(bench.Exchange.Notifications);
                Assert.Equal(11205, error.Code);
                Assert.InRange((error.At - call.AnsweredAt!.Value).TotalSeconds, 15, 15.1);
            },
            options: new TwilioExchangeOptions { Scenario = s_quiet });
    }

    [Fact]
    public void Overrides_in_the_fragment_retry_with_the_same_idempotency_token()
    {
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place(url: "Url=https%3A%2F%2Fnode.example%2Fvoice%23rc%3D2%26rp%3D5xx");
                await call.Ended;
                string[] tokens = [.. bench.Webhooks.Where(w => w.Path == "/voice").Select(w => w.Request.Headers.GetValues("I-Twilio-Idempotency-Token").Single())];
                Assert.Equal(3, tokens.Length);
                Assert.Single(tokens.Distinct());
            },
            (_, _) => "503",
            new TwilioExchangeOptions { Scenario = s_quiet });
    }

    [Fact]
    public void After_a_stream_its_action_is_asked_or_the_next_verb_runs()
    {
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place();
                await call.Ended;
                Assert.Equal(["Connect", "Say"], call.Verbs.Select(v => v.Name));
                Assert.Equal("action", call.Requests[^1].Purpose);
                Assert.Equal("in-progress", call.Requests[^1]["CallStatus"]);
            },
            (path, _) => path == "/voice"
                ? ExchangeBench.Connect.Replace("<Connect>", "<Connect action=\"/after\">", StringComparison.Ordinal)
                : "<Response><Say>Bye.</Say></Response>");
    }

    [Fact]
    public void An_update_with_twiml_stops_the_stream_and_goes_on_with_it()
    {
        ExchangeBench.Run(async bench =>
        {
            TwilioExchangeCall call = bench.Place();
            await bench.WaitAsync(8);
            (int status, _) = bench.Rest("POST", $"{bench.Account}/Calls/{call.Sid}.json", "Twiml=%3CResponse%3E%3CSay%3EOne+moment.%3C%2FSay%3E%3C%2FResponse%3E");
            Assert.Equal(200, status);
            await call.Ended;
            TwilioTwinRecord stream = Assert.Single(call.Streams);
            Assert.Equal(TwilioTwinEnd.CallUpdated, stream.End);
            Assert.Equal("stop", bench.Bridges[0].CarrierEvents[^1]);
            Assert.Equal(["Connect", "Say"], call.Verbs.Select(v => v.Name));
        });
    }

    [Fact]
    public void Dial_puts_two_persons_through_and_tells_the_action()
    {
        var options = new TwilioExchangeOptions
        {
            Scenario = s_quiet,
            Numbers = new Dictionary<string, Scenario>
            {
                ["+15005550171"] = ScenarioLibrary.BookingConfirmed with { Callee = new ScenarioCallee { Answers = ScenarioAnswer.Busy } },
                ["+15005550172"] = Scenario.Parse("""{"name":"human","turns":[{"by":"callee","when":"answered","afterMs":200,"say":"restaurant-greeting","hangUp":true}]}"""),
            },
        };
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place();
                await call.Ended;
                TwilioExchangeCall[] children = [.. bench.Exchange.Calls.Where(c => c.ParentSid == call.Sid)];
                Assert.Equal(["busy", "completed"], children.Select(c => c.Status));
                TwilioExchangeRequest action = call.Requests.Single(r => r.Purpose == "action");
                Assert.Equal(("completed", children[1].Sid, "true"), (action["DialCallStatus"], action["DialCallSid"], action["DialBridged"]));
                // The one who called hears the other's greeting.
                Assert.True(call.Run!.Leg.Heard!.Samples.ToArray().Max() > 3000);
            },
            (path, _) => path == "/voice"
                ? "<Response><Dial action=\"/dialled\"><Number>+15005550171</Number><Number>+15005550172</Number></Dial></Response>"
                : "<Response><Hangup/></Response>",
            options);
    }

    [Fact]
    public void A_forked_stream_hears_both_sides_while_the_document_goes_on()
    {
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place();
                await call.Ended;
                Assert.Equal(["Start", "Say", "Stop", "Pause"], call.Verbs.Select(v => v.Name));
                List<string> events = bench.Bridges[0].CarrierEvents;
                Assert.Equal(["connected", "start"], events[..2]);
                Assert.Equal("stop", events[^1]);
                Assert.True(events.Count(e => e == "media") > 60);
            },
            (_, _) => """<Response><Start><Stream url="wss://node.example/fork" name="f" track="both_tracks"/></Start><Say>Good evening.</Say><Stop><Stream name="f"/></Stop><Pause length="1"/></Response>""",
            new TwilioExchangeOptions { Scenario = s_quiet });
    }

    [Theory]
    [InlineData("http://node.example/media", "", 31922)]
    [InlineData("not a url", "", 31923)]
    [InlineData("wss://node.example/media", "track=\"both_tracks\"", 31941)]
    public void A_stream_that_cannot_be_is_reported_and_the_next_verb_runs(string url, string more, int code)
    {
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place();
                await call.Ended;
                Assert.Equal(code, Assert.Single(bench.Exchange.Notifications).Code);
                Assert.Equal(["Connect", "Hangup"], call.Verbs.Select(v => v.Name));
            },
            (_, _) => $"<Response><Connect><Stream url=\"{url}\" {more}/></Connect><Hangup/></Response>",
            new TwilioExchangeOptions { Scenario = s_quiet });
    }
}
