using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.Simulation.Exchange;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Tests.Exchange;

/// <summary>The carrier over real loopback sockets.</summary>
public sealed class ExchangeServerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static readonly TwilioExchangeOptions s_options = new()
    {
        Scenario = Scenario.Parse("""{"name":"quiet","callee":{"ringMs":20,"patienceMs":120000},"turns":[]}"""),
        CallsPerSecond = 0,
    };

    [Fact]
    public async Task A_client_places_a_call_and_one_carrier_calls_the_webhook_of_another_servers_address()
    {
        await using TwilioExchangeServer other = await TwilioExchangeServer.StartAsync(s_options);
        await using TwilioExchangeServer server = await TwilioExchangeServer.StartAsync(s_options);
        using var client = new HttpClient { BaseAddress = server.Url };
        string calls = $"/2010-04-01/Accounts/{s_options.AccountSid}/Calls.json";
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(calls)).StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{s_options.AccountSid}:{s_options.AuthToken}")));

        // The webhook is any address that answers; this one has no TwiML, which the vendor reports as 11200.
        using HttpResponseMessage created = await client.PostAsync(calls, new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["To"] = "+15005550110",
            ["From"] = "+15005550006",
            ["Url"] = new Uri(other.Url, "/voice").AbsoluteUri,
        }));

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        TwilioExchangeCall call = Assert.Single(server.Exchange.Calls);
        await call.Ended.WaitAsync(s_patience);
        Assert.Equal("completed", call.Status);
        Assert.Equal(11200, Assert.Single(server.Exchange.Notifications).Code);
        Assert.Equal(401, call.Requests[0].Status);
    }

    [Fact]
    public async Task The_control_page_calls_in_and_tells_what_happened()
    {
        await using TwilioExchangeServer server = await TwilioExchangeServer.StartAsync(s_options);
        using var client = new HttpClient { BaseAddress = server.Url };

        using HttpResponseMessage refused = await client.PostAsync("/twin/calls", new StringContent("From=%2B15005550111"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        // Nobody listens on the discard port: both attempts fail, and the call with them.
        using HttpResponseMessage created = await client.PostAsync("/twin/calls", new StringContent("Url=http%3A%2F%2F127.0.0.1%3A9%2Fvoice"));
        JsonNode summary = JsonNode.Parse(await created.Content.ReadAsStringAsync())!;
        await server.Exchange.Calls[0].Ended.WaitAsync(s_patience);

        JsonNode detail = JsonNode.Parse(await client.GetStringAsync($"/twin/calls/{summary["sid"]}"))!;
        Assert.Equal(("inbound", "completed"), (detail["direction"]!.ToString(), detail["status"]!.ToString()));
        Assert.Equal(11205, (int)detail["warnings"]![0]!["code"]!);
        Assert.Equal("voice", detail["requests"]![0]!["purpose"]!.ToString());
        Assert.Single(JsonNode.Parse(await client.GetStringAsync("/twin/warnings"))!.AsArray());
    }
}
