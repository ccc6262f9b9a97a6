using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Concierge.Agents.Ready;
using Concierge.Calls.Life;
using Concierge.Calls.Outcome;
using Concierge.Server.Cli;
using Concierge.Server.Shell;

namespace Concierge.Server.Tests.Requests;

/// <summary>A sentence to a node, and what comes of it on the telephone and in the call book.</summary>
[Collection("current directory")]
public sealed class NodeRequestTests
{
    private const string Request = "book me a table for four on Friday at half past seven at Trattoria Bella";

    /// <summary>Nobody speaks into anybody's words, however late the machine is.</summary>
    private const string Booking = """
        {"by":"callee","when":"answered","afterMs":100,"say":"restaurant-hello"},
        {"by":"agent","calls":[
          {"name":"record_outcome","arguments":{"status":"confirmed","confirmation_number":"T B, four seven two nine","party_size":4,"confidence":0.9}}]},
        {"by":"agent","say":"concierge-goodbye","calls":[{"name":"end_call","arguments":{}}]}
        """;

    /// <summary>The agent hangs up without recording anything.</summary>
    private const string Unrecorded = """
        {"by":"callee","when":"answered","afterMs":100,"say":"restaurant-hello","text":"A table for four at half past seven. That is confirmed. Your confirmation number is T B 4 7 2 9."},
        {"by":"agent","say":"concierge-goodbye","calls":[{"name":"end_call","arguments":{}}]}
        """;

    [Fact]
    public async Task A_sentence_on_the_command_line_ends_in_a_table_booked_by_telephone()
    {
        await using ConciergeNode node = await ConciergeNode.StartAsync(Booking);
        StringWriter output = new(), error = new();
        int code = await ConciergeCommandLine.RunAsync(["ask", Request, "--server", node.Host.Address.ToString()], output, error);
        string text = output.ToString();
        Assert.True(code == ExitCodes.Success, text + error);

        // The person sees who works on it, the call as it goes, and the card.
        Assert.Contains("Orchestrator -> Reservation", text);
        Assert.Contains("Calling the restaurant ...", text);
        Assert.Contains("dialling +14155550123", text);
        Assert.Contains("Restaurant  Hello? Is anybody there?", text);
        Assert.Contains("Agent       Thank you very much. Goodbye!", text);
        Assert.Contains("is confirmed", text);
        Assert.Contains("the agent on the telephone, 90", text);
        Assert.DoesNotContain("SIMULATION", text);

        // The outcome is the call's, in the store.
        CallRecord call = await node.OnlyCallAsync();
        Assert.Equal((CallState.Completed, ReadyAgents.ReservationCall, "Trattoria Bella"), (call.State, call.Agent, call.Reservation?.Restaurant));
        Assert.Equal((CallOutcomeStatus.Confirmed, "TB4729", CallOutcomeSource.AgentTool, 0.9), (call.Outcome!.Status, call.Outcome.ConfirmationNumber, call.Outcome.Source, call.Outcome.Confidence));
        JsonNode status = JsonNode.Parse(await node.Http.GetStringAsync($"/calls/{call.Id}/status"))!;
        Assert.Equal(("TB4729", "agent_tool"), ((string?)status["confirmation_number"], (string?)status["outcome"]!["source"]));

        // The session that was dialled while the carrier read its TwiML knew already what the call was for.
        Assert.Single(node.Model.Sessions);
        string told = Assert.Single(node.Configurations());
        Assert.Contains("You have called the restaurant Trattoria Bella", told);
        Assert.Contains("a table for 4 on Friday", told);
    }

    [Theory]
    [InlineData(true, 0.95)]
    [InlineData(false, 0.9)]
    public async Task What_the_agent_did_not_record_is_read_from_the_transcript(bool model, double confidence)
    {
        string script = $$"""
            { "turns": [
              { "when": { "offers": "transfer_to_reservation", "user": "table" }, "calls": [ { "name": "transfer_to_reservation", "arguments": {} } ] },
              { "when": { "afterTool": "transfer_to_reservation" }, "calls": [ { "name": "find_restaurant", "arguments": { "name": "bella" } } ] },
              { "when": { "afterTool": "find_restaurant" }, "calls": [ { "name": "initiate_reservation_call", "arguments": {
                  "restaurant": "Trattoria Bella", "date": "{{DateOnly.FromDateTime(DateTime.UtcNow.AddDays(3)):yyyy-MM-dd}}", "time": "19:30", "party_size": 4 } } ] },
              { "when": { "instructions": "You read the transcript" }, "json": { "status": "confirmed", "confirmation_number": "TB4729", "date": null, "time": "19:30", "party_size": 4, "name": null, "notes": null, "modified": false, "confidence": 0.95 } },
              { "when": { "afterTool": "initiate_reservation_call" }, "say": "It is booked, under T B 4 7 2 9." }
            ] }
            """;
        await using ConciergeNode node = await ConciergeNode.StartAsync(Unrecorded, text: model ? script : null);
        (int status, JsonNode answer) = await node.AskAsync(Request, "s1");
        Assert.True(status == 200, answer.ToJsonString());
        CallRecord call = await node.OnlyCallAsync();
        Assert.Equal((CallOutcomeStatus.Confirmed, "TB4729", CallOutcomeSource.Transcript, confidence), (call.Outcome!.Status, call.Outcome.ConfirmationNumber, call.Outcome.Source, call.Outcome.Confidence));
        Assert.Equal(("s1", call.Id, "transcript"), ((string?)answer["session_id"], (string?)answer["call_id"], (string?)answer["outcome"]!["source"]));
        Assert.Equal((false, !model), ((bool)answer["simulated"]!, (bool)answer["model_simulated"]!));
        Assert.Contains(model ? "It is booked" : "The confirmation number is TB4729", (string?)answer["response"]);
        Assert.Single((await node.Calls.Store.ReadFactsAsync(call.Id, 0, 1000, default)).Select(f => f.Fact).OfType<CallFact.OutcomeRecorded>());
    }

    [Fact]
    public async Task A_line_that_is_busy_is_told_as_it_is()
    {
        await using ConciergeNode node = await ConciergeNode.StartAsync("""{"by":"callee","when":"answered"}""", "\"answers\":\"busy\",");
        (int status, JsonNode answer) = await node.AskAsync(Request);
        Assert.Equal((200, "error", "The line was busy."), (status, (string?)answer["outcome"]!["status"], (string?)answer["error"]));
        Assert.Equal(CallState.Busy, (await node.OnlyCallAsync()).State);
    }

    [Fact]
    public async Task Who_gives_up_has_the_call_hung_up()
    {
        await using ConciergeNode node = await ConciergeNode.StartAsync("""{"by":"callee","when":"answered","afterMs":60000,"hangUp":true}""");
        using CancellationTokenSource gone = new();
        using HttpRequestMessage request = new(HttpMethod.Post, "/process-request") { Content = JsonContent.Create(new { user_input = Request }) };
        request.Headers.Accept.ParseAdd("text/event-stream");
        string? callId = null;
        using (HttpResponseMessage response = await node.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ConciergeNode.Patience()))
        {
            await foreach (SseItem<string> news in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync(ConciergeNode.Patience()))
            {
                if (news.EventType == "call")
                {
                    callId = (string?)JsonNode.Parse(news.Data)!["call_id"];
                    break;
                }
            }

            await node.UntilAsync(callId!, c => c.State == CallState.InProgress);
        }

        CallRecord call = await node.UntilAsync(callId!, c => c.IsSettled);
        Assert.True(call is { State: CallState.Completed, HangupCause: "request_abandoned" }, call.ToString());
    }

    [Fact]
    public async Task Without_a_carrier_the_call_is_played_and_said_to_be()
    {
        await using ConciergeNode node = await ConciergeNode.StartAsync(Booking, canCall: false);
        (int status, JsonNode answer) = await node.AskAsync(Request);
        Assert.Equal((200, true, "TB4729"), (status, (bool)answer["simulated"]!, (string?)answer["outcome"]!["confirmation_number"]));
        Assert.Contains("nobody was called", (string?)answer["response"]);
        Assert.Empty(node.Carrier.Exchange.Calls);
    }

    [Theory]
    [InlineData(400, """{"user_input":"  "}""")]
    [InlineData(400, """{"user_input":"hello","session_id":"../etc"}""")]
    [InlineData(400, """{"user":"hello"}""")]
    [InlineData(502, """{"user_input":"hello"}""")]
    public async Task What_cannot_be_answered_is_a_problem_document(int expected, string body)
    {
        await using ConciergeNode node = await ConciergeNode.StartAsync(Booking, text: """{ "turns": [ { "refuse": 401, "repeat": true } ] }""");
        using HttpResponseMessage answer = await node.Http.PostAsync("/api/v1/requests", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal((expected, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        using HttpRequestMessage streamed = new(HttpMethod.Post, "/process-request") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        streamed.Headers.Accept.ParseAdd("text/event-stream");
        using HttpResponseMessage stream = await node.Http.SendAsync(streamed);
        string text = await stream.Content.ReadAsStringAsync();
        Assert.True(expected == 502 ? stream.StatusCode == HttpStatusCode.OK && text.Contains("event: error", StringComparison.Ordinal) : (int)stream.StatusCode == expected, text);
    }

    [Fact]
    public async Task An_ordered_agent_speaks_and_is_told_the_request()
    {
        await using ConciergeNode node = await ConciergeNode.StartAsync(Booking);
        using HttpResponseMessage refused = await PlaceAsync(node, """{"to":"+14155550123","agent":"Nobody"}""");
        Assert.Equal(400, (int)refused.StatusCode);
        Assert.Contains(ReadyAgents.ErrandCall, await refused.Content.ReadAsStringAsync());
        using HttpResponseMessage inWriting = await PlaceAsync(node, """{"to":"+14155550123","agent":"Orchestrator"}""");
        Assert.Equal(400, (int)inWriting.StatusCode);
        using HttpResponseMessage placed = await PlaceAsync(node, """{"to":"+14155550123","request":"Ask whether they take dogs."}""");
        Assert.Equal(202, (int)placed.StatusCode);
        CallRecord call = await node.OnlyCallAsync();
        Assert.Equal(CallOutcomeStatus.Confirmed, call.Outcome?.Status);
        Assert.Contains("Ask whether they take dogs.", Assert.Single(node.Configurations()));
    }

    private static Task<HttpResponseMessage> PlaceAsync(ConciergeNode node, string body) =>
        node.Http.PostAsync("/api/v1/calls", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
}
