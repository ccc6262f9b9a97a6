using System.Text.Json.Nodes;
using Concierge.Calls.Life;
using Concierge.Server.Cli;
using Concierge.Server.Shell;

namespace Concierge.Server.Tests.Requests;

/// <summary>The number that was called decides who answers.</summary>
[Collection("current directory")]
public sealed class InboundRouteTests : IDisposable
{
    private const string Agents = """
        { "agents": [
          { "name": "Day Desk", "instructions": "You are the desk by day.", "greeting": true, "tools": [ "end_call" ] },
          { "name": "Night Desk", "instructions": "You are the desk by night; {{caller_number}} calls.", "greeting": "Good night.", "tools": [ "take_message", "end_call" ] } ] }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("routes-").FullName;
    private readonly string _before = Directory.GetCurrentDirectory();

    public InboundRouteTests()
    {
        Directory.SetCurrentDirectory(_folder);
        File.WriteAllText("agents.json", Agents);
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("+15005550007", "Night Desk", "You are the desk by night; +15005550110 calls.")]
    [InlineData("+15005550006", null, "You are the desk by day.")]
    public async Task The_agent_of_the_called_number_speaks_from_the_first_word(string called, string? agent, string instructions)
    {
        await using ConciergeNode node = await ConciergeNode.StartAsync(
            """
            {"by":"agent","say":"concierge-goodbye"},
            {"by":"callee","when":"silence","afterMs":100,"say":"restaurant-hello"},
            {"by":"agent","calls":[{"name":"take_message","arguments":{"from":"Morgan","message":"Call me."}}]},
            {"by":"agent","calls":[{"name":"end_call","arguments":{}}]}
            """,
            agentsFile: "agents.json",
            routes: new Dictionary<string, string> { ["+15005550007"] = "Night Desk" });
        node.Carrier.Exchange.CallIn(new Uri("https://node.example.com/twiml"), to: called, statusCallback: new Uri("https://node.example.com/twilio-status"));
        CallRecord call = await node.OnlyCallAsync();
        Assert.Equal((CallDirection.Inbound, called, agent), (call.Direction, call.To, call.Agent));

        // Once: the session that was dialled ahead had it right already.
        Assert.Equal(instructions, Assert.Single(node.Configurations()));
        Assert.Single(node.Model.Sessions);
        if (agent is not null)
        {
            JsonNode message = JsonNode.Parse(File.ReadAllLines(Path.Combine(node.Folder, "messages.jsonl")).Single())!;
            Assert.Equal((call.Id, "Call me."), ((string?)message["call"], (string?)message["message"]));
        }
    }

    [Theory]
    [InlineData("+15005550007=Night Desk, +15005550008=Day Desk", ExitCodes.Success, "")]
    [InlineData("+15005550007=Night Desk +15005550008=Day Desk", ExitCodes.Success, "")]
    [InlineData("+15005550007=Knight", ExitCodes.Configuration, "there is no such agent for calls; there are Day Desk, Night Desk")]
    [InlineData("+15005550007=Orchestrator", ExitCodes.Configuration, "there is no such agent for calls")]
    [InlineData("Night Desk", ExitCodes.Configuration, "is not NUMBER=AGENT")]
    public async Task A_route_that_leads_nowhere_is_told_before_the_first_call(string routes, int expected, string complaint)
    {
        File.WriteAllText(".env", $"INBOUND_ROUTES={routes}\nAGENTS_FILE=agents.json\nREALTIME_URL=ws://127.0.0.1:9/v1/realtime\nREALTIME_AUTH=none\nSERVER_HOST=127.0.0.1\n");
        StringWriter output = new(), error = new();
        int code = await ConciergeCommandLine.RunAsync(["serve", "--check"], output, error);
        Assert.True(code == expected, output.ToString() + error);
        Assert.Contains(complaint, error.ToString());
    }
}
