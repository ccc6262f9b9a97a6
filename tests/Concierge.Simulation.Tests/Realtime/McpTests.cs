using System.Text.Json.Nodes;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.TestKit;

namespace Concierge.Simulation.Tests.Realtime;

/// <summary>Tools of MCP servers: listed when they are named, called by the service, approved by the client where it is asked.</summary>
public sealed class McpTests
{
    private const string Ask = """{"type":"response.create"}""";

    private static readonly Scenario s_scenario = Scenario.Parse("""
        {"name":"mcp","turns":[
          {"by":"agent","calls":[{"name":"find","server":"tables","arguments":{"people":4},"output":"[1]"}]},
          {"by":"agent","calls":[{"name":"drop","server":"tables","error":"no such table"},{"name":"f"}]},
          {"by":"agent","say":"concierge-goodbye"}
        ]}
        """);

    [Fact]
    public void Tools_are_listed_called_and_told_of_when_they_fail()
    {
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                twin.Send(Named("\"never\""));
                JsonNode item = (await twin.ExpectAsync("conversation.item.added"))["item"]!;
                Assert.Equal(("mcp_list_tools", "tables"), (item["type"]!.ToString(), item["server_label"]!.ToString()));
                await twin.ExpectAsync("mcp_list_tools.in_progress");
                await twin.ExpectAsync("mcp_list_tools.completed");
                JsonNode listed = (await twin.ExpectAsync("conversation.item.done"))["item"]!;
                Assert.Equal(["find", "drop"], listed["tools"]!.AsArray().Select(t => t!["name"]!.ToString()));

                twin.Send(Ask);
                JsonNode done = (await twin.ExpectAsync("response.done"))["response"]!["output"]![0]!;
                Assert.Equal(("mcp_call", """{"people":4}""", "[1]"), (done["type"]!.ToString(), done["arguments"]!.ToString(), done["output"]!.ToString()));
                string[] told = [.. twin.Types.Where(t => t.StartsWith("response.mcp_call", StringComparison.Ordinal) && !t.EndsWith("delta", StringComparison.Ordinal))];
                Assert.Equal(["response.mcp_call_arguments.done", "response.mcp_call.in_progress", "response.mcp_call.completed"], told);

                twin.Send(Ask);
                await twin.ExpectAsync("response.mcp_call.failed");
                JsonArray output = (await twin.ExpectAsync("response.done"))["response"]!["output"]!.AsArray();
                Assert.Equal("no such table", output[0]!["error"]!["message"]!.ToString());
                Assert.Equal("function_call", output[1]!["type"]!.ToString());

                // A server named again is not listed again.
                twin.Send(Named("\"never\""));
                await twin.ExpectAsync("session.updated");
                await twin.WaitAsync(500);
                Assert.Single(twin.Types, t => t == "mcp_list_tools.in_progress");
            },
            s_scenario);
        Valid(record);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_call_waits_for_the_clients_approval(bool approve)
    {
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                twin.Send(Named("""{"always":{"tool_names":["find"]}}"""));
                twin.Send(Ask);
                JsonNode request = (await twin.ExpectAsync("response.done"))["response"]!["output"]![0]!;
                Assert.Equal(("mcp_approval_request", "find"), (request["type"]!.ToString(), request["name"]!.ToString()));
                twin.Send("""{"type":"conversation.item.create","item":{"type":"mcp_approval_response","approval_request_id":"mcpr_none","approve":true}}""");
                Assert.Equal("item.approval_request_id", (await twin.ExpectErrorAsync("invalid_value"))["param"]!.ToString());
                twin.Send($$$"""{"type":"conversation.item.create","item":{"type":"mcp_approval_response","approval_request_id":"{{{request["id"]}}}","approve":{{{(approve ? "true" : "false")}}}}}""");
                twin.Send(Ask);
                JsonArray output = (await twin.ExpectAsync("response.done"))["response"]!["output"]!.AsArray();
                Assert.Equal(approve ? request["id"]!.ToString() : null, output.FirstOrDefault(o => o!["name"]!.ToString() == "find")?["approval_request_id"]!.ToString());

                // Only the tools of the filter want approval.
                Assert.Contains(output, o => o!["type"]!.ToString() == "mcp_call" && o["name"]!.ToString() == "drop");
            },
            s_scenario);
        Valid(record);
    }

    [Fact]
    public void Tools_that_are_not_allowed_are_not_listed_and_a_listing_can_fail()
    {
        RealtimeTwinRecord record = TwinClient.Run(
            async twin =>
            {
                string update = Named("\"never\"").Replace("\"server_url\"", "\"allowed_tools\":[\"drop\"],\"server_url\"", StringComparison.Ordinal);
                twin.Send(update);
                await twin.ExpectAsync("mcp_list_tools.failed");
                twin.Send(update);
                await twin.ExpectAsync("mcp_list_tools.completed");
                JsonNode listed = (await twin.ExpectAsync("conversation.item.done"))["item"]!;
                Assert.Equal(["drop"], listed["tools"]!.AsArray().Select(t => t!["name"]!.ToString()));
            },
            s_scenario,
            new RealtimeTwinOptions { Faults = new RealtimeTwinFaults { FailListings = 1 } });
        Valid(record);
    }

    private static string Named(string approval) =>
        $$$"""{"type":"session.update","session":{"type":"realtime","tools":[{"type":"mcp","server_label":"tables","server_url":"https://mcp.example/","require_approval":{{{approval}}}}]}}""";

    private static void Valid(RealtimeTwinRecord record)
    {
        Assert.Empty(record.Sent.SelectMany(e => RealtimeServerRules.Broken(JsonNode.Parse(e.Text!)!.AsObject())));
        Assert.Empty(record.Received.Where(e => e.Accepted).SelectMany(e => RealtimeClientRules.Broken(JsonNode.Parse(e.Text!)!.AsObject())));
    }
}
