using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.Simulation.Exchange;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Tests.Exchange;

public sealed class RestTests
{
    private static readonly TwilioExchangeOptions s_quiet = new()
    {
        Scenario = Scenario.Parse("""{"name":"quiet","turns":[],"callee":{"patienceMs":120000}}"""),
        ApiKeys = new Dictionary<string, string> { ["SKkey"] = "secret" },
        CallsPerSecond = 0,
    };

    [Theory]
    [InlineData("", 21201)]
    [InlineData("To=%2B15005550110", 21213)]
    [InlineData("To=pizza&From=%2B15005550006&Url=http%3A%2F%2Fa", 21211)]
    [InlineData("To=%2B15005550110&From=0&Url=http%3A%2F%2Fa", 21212)]
    [InlineData("To=%2B15005550110&From=%2B15005550006", 21205)]
    [InlineData("To=%2B15005550110&From=%2B15005550006&Url=not", 21205)]
    [InlineData("To=%2B15005550110&From=%2B15005550006&Url=http%3A%2F%2Fa&Twiml=%3CResponse%2F%3E", 21205)]
    [InlineData("To=%2B15005550110&From=%2B15005550006&Url=http%3A%2F%2Fa&Timeout=601", 20001)]
    [InlineData("To=%2B15005550110&From=%2B15005550006&Url=http%3A%2F%2Fa&AsyncAmd=true", 21262)]
    [InlineData("To=%2B15005550110&From=%2B15005550006&Url=http%3A%2F%2Fa&MachineDetection=Maybe", 20001)]
    public void A_wrong_call_is_refused_in_the_vendors_form(string form, int code)
    {
        ExchangeBench.Run(
            bench =>
            {
                (int status, JsonObject body) = bench.Rest("POST", bench.Account + "/Calls.json", form);
                Assert.Equal(400, status);
                Assert.Equal(code, (int)body["code"]!);
                Assert.Equal(400, (int)body["status"]!);
                Assert.Equal($"https://www.twilio.com/docs/errors/{code}", body["more_info"]!.ToString());
                Assert.NotEmpty(body["message"]!.ToString());
                Assert.Empty(bench.Exchange.Calls);
                return Task.CompletedTask;
            },
            options: s_quiet);
    }

    [Fact]
    public void Twiml_above_4000_characters_is_refused()
    {
        ExchangeBench.Run(
            bench =>
            {
                (_, JsonObject body) = bench.Rest("POST", bench.Account + "/Calls.json", "To=%2B15005550110&From=%2B15005550006&Twiml=" + new string('x', 4001));
                Assert.Equal(32018, (int)body["code"]!);
                return Task.CompletedTask;
            },
            options: s_quiet);
    }

    [Theory]
    [InlineData("ACother:twin-auth-token", 401)]
    [InlineData("SKkey:wrong", 401)]
    [InlineData("SKkey:secret", 200)]
    [InlineData(null, 200)]
    public void Credentials_are_the_accounts_or_an_api_keys(string? user, int expected)
    {
        ExchangeBench.Run(
            bench =>
            {
                (int status, JsonObject body) = bench.Rest("GET", bench.Account + "/Calls.json", user: user);
                Assert.Equal(expected, status);
                Assert.True(status == 200 || (int)body["code"]! == 20003);
                Assert.Equal(401, bench.Exchange.Handle("GET", bench.Account + "/Calls.json", "", null).Status);
                return Task.CompletedTask;
            },
            options: s_quiet);
    }

    [Fact]
    public void A_call_is_created_fetched_listed_hung_up_and_deleted()
    {
        ExchangeBench.Run(
            async bench =>
            {
                (int created, JsonObject call) = bench.Rest("POST", bench.Account + "/Calls.json", "To=%2B15005550110&From=%2B15005550006&Twiml=%3CResponse%3E%3CPause+length%3D%2250%22%2F%3E%3C%2FResponse%3E");
                Assert.Equal(201, created);
                Assert.Matches("^CA[0-9a-f]{32}$", call["sid"]!.ToString());
                Assert.Equal(("queued", "outbound-api", "(500) 555-0110", "+15005550006"), (call["status"]!.ToString(), call["direction"]!.ToString(), call["to_formatted"]!.ToString(), call["from"]!.ToString()));
                Assert.Null(call["duration"]);
                string path = $"{bench.Account}/Calls/{call["sid"]}.json";
                Assert.Equal(path, call["uri"]!.ToString());
                Assert.EndsWith("/Recordings.json", call["subresource_uris"]!["recordings"]!.ToString(), StringComparison.Ordinal);

                // Ringing cannot be redirected, nor what is gone.
                await bench.WaitAsync(0.3);
                Assert.Equal(21220, (int)bench.Rest("POST", path, "Url=http%3A%2F%2Fa").Body["code"]!);
                await bench.WaitAsync(2);
                Assert.Equal("in-progress", bench.Rest("GET", path).Body["status"]!.ToString());
                // A call that talks is not canceled.
                Assert.Equal("in-progress", bench.Rest("POST", path, "Status=canceled").Body["status"]!.ToString());
                Assert.Equal(409, bench.Rest("DELETE", path).Status);
                Assert.Equal("completed", bench.Rest("POST", path, "Status=completed").Body["status"]!.ToString());
                await bench.WaitAsync(0.1);
                JsonObject ended = bench.Rest("GET", path).Body;
                Assert.Equal("2", ended["duration"]!.ToString());
                Assert.Equal(21220, (int)bench.Rest("POST", path, "Url=http%3A%2F%2Fa").Body["code"]!);

                JsonObject list = bench.Rest("GET", bench.Account + "/Calls.json?Status=completed&PageSize=1").Body;
                Assert.Equal(call["sid"]!.ToString(), Assert.Single(list["calls"]!.AsArray())!["sid"]!.ToString());
                Assert.Null(list["next_page_uri"]);
                Assert.Equal(204, bench.Rest("DELETE", path).Status);
                (int gone, JsonObject missing) = bench.Rest("GET", path);
                Assert.Equal((404, 20404), (gone, (int)missing["code"]!));
            },
            options: s_quiet);
    }

    [Fact]
    public void An_update_moves_the_time_limit_and_the_status_callback()
    {
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place("TimeLimit=50&StatusCallback=https%3A%2F%2Fnode.example%2Fold");
                string path = $"{bench.Account}/Calls/{call.Sid}.json";
                await bench.WaitAsync(3);
                Assert.Equal(20001, (int)bench.Rest("POST", path, "TimeLimit=0").Body["code"]!);
                Assert.Equal(200, bench.Rest("POST", path, "TimeLimit=5&StatusCallback=https%3A%2F%2Fnode.example%2Fnew&StatusCallbackMethod=GET").Status);
                await call.Ended;
                Assert.Equal(5, (call.EndedAt - call.AnsweredAt)!.Value.TotalSeconds, 0.01);
                TwilioExchangeRequest told = Assert.Single(call.Requests, r => r.Purpose == "status");
                Assert.Equal(("GET", "/new", "completed"), (told.Method, new Uri(told.Url).AbsolutePath, told["CallStatus"]));
            },
            (_, _) => "<Response><Pause length=\"100\"/></Response>",
            s_quiet);
    }

    [Fact]
    public void A_ringing_call_is_canceled()
    {
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place("StatusCallback=https%3A%2F%2Fnode.example%2Fstatus");
                await bench.WaitAsync(0.4);
                bench.Rest("POST", $"{bench.Account}/Calls/{call.Sid}.json", "Status=canceled");
                await call.Ended;
                Assert.Equal("canceled", Assert.Single(call.Requests)["CallStatus"]);
            },
            options: s_quiet);
    }

    [Fact]
    public void A_recording_is_begun_and_stopped_in_mid_call_and_its_media_fetched()
    {
        ExchangeBench.Run(
            async bench =>
            {
                TwilioExchangeCall call = bench.Place(url: "Twiml=%3CResponse%3E%3CSay%3EThis+is+being+recorded.%3C%2FSay%3E%3CPause+length%3D%2250%22%2F%3E%3C%2FResponse%3E");
                await bench.WaitAsync(1);
                (int created, JsonObject recording) = bench.Rest("POST", $"{bench.Account}/Calls/{call.Sid}/Recordings.json", "RecordingTrack=outbound");
                Assert.Equal(201, created);
                await bench.WaitAsync(2);
                (_, JsonObject stopped) = bench.Rest("POST", $"{bench.Account}/Calls/{call.Sid}/Recordings/{recording["sid"]}.json", "Status=stopped");
                Assert.Equal(("completed", "2"), (stopped["status"]!.ToString(), stopped["duration"]!.ToString()));
                string credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes("SKkey:secret"));
                TwilioRestAnswer media = bench.Exchange.Handle("GET", $"{bench.Account}/Recordings/{recording["sid"]}.wav", "", "Basic " + credentials);
                Assert.Equal((200, "audio/x-wav"), (media.Status, media.ContentType));
                Assert.Equal("RIFF"u8.ToArray(), media.Body[..4]);
                Assert.InRange(media.Body.Length, 31_000, 33_000);
            },
            options: s_quiet);
    }

    [Fact]
    public void Warnings_of_a_stream_are_notifications_told_once_each()
    {
        ExchangeBench.Run(async bench =>
        {
            TwilioExchangeCall call = bench.Place();
            bench.Exchange.StreamStarting = (_, stream) => stream.Record.Warnings.AddRange([new(31951, default, "a"), new(31951, default, "b"), new(31950, default, "c")]);
            await call.Ended;
            JsonObject page = bench.Rest("GET", $"{bench.Account}/Calls/{call.Sid}/Notifications.json").Body;
            Assert.Equal(["31950", "31951"], page["notifications"]!.AsArray().Select(n => n!["error_code"]!.ToString()).Order());
            Assert.All(page["notifications"]!.AsArray(), n => Assert.Equal("1", n!["log"]!.ToString()));
        });
    }

    [Fact]
    public void Refusals_and_lost_answers_come_when_they_were_told_to()
    {
        ExchangeBench.Run(
            async bench =>
            {
                Assert.Equal((429, 20429), (bench.Rest("GET", bench.Account + ".json").Status, 20429));
                using var client = new HttpClient(bench.Exchange.CreateHandler()) { BaseAddress = new Uri("https://api.twilio.com") };
                client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("SKkey:secret")));
                Func<HttpContent> form = () => new FormUrlEncodedContent(new Dictionary<string, string> { ["To"] = "+15005550110", ["From"] = "+15005550006", ["Twiml"] = "<Response/>" });
                HttpRequestException lost = await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(new Uri(bench.Account + "/Calls.json", UriKind.Relative), form()));
                Assert.Equal(HttpRequestError.ResponseEnded, lost.HttpRequestError);
                Assert.Single(bench.Exchange.Calls);
                using HttpResponseMessage second = await client.PostAsync(new Uri(bench.Account + "/Calls.json", UriKind.Relative), form());
                Assert.Equal(HttpStatusCode.Created, second.StatusCode);
            },
            options: s_quiet with { RestFaults = new TwilioRestFaults { First = 1, LoseAnswers = 1 } });
    }
}
