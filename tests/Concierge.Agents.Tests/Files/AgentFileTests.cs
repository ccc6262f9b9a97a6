using System.Text.Json;
using Concierge.Agents.Files;
using Concierge.Agents.Reservations;
using Concierge.Agents.Tools;

namespace Concierge.Agents.Tests.Files;

public sealed class AgentFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_agent_in_a_file_is_what_the_same_agent_in_code_is()
    {
        File.WriteAllText(Path.Combine(_folder, "hours.txt"), "Always open.");
        AgentDefinitions read = Parse("""
            {
              // who begins
              "start": "Desk",
              "variables": { "house": "Bella" },
              "http": { "allowed_hosts": ["api.example.com"] },
              "tools": {
                "hours": { "type": "file", "description": "Hours.", "path": "hours.txt", "timeout_seconds": 3, "filler": { "after_seconds": 2, "say": "Wait." } },
                "free": { "type": "http", "description": "Free tables.", "method": "GET", "url": "https://api.example.com/free/{date}", "headers": { "Authorization": "Bearer ${CRM_TOKEN}" },
                          "parameters": { "type": "object", "properties": { "date": { "type": "string" } } }, "retries": 2, "approval": true },
              },
              "guardrails": { "house_secret": { "pattern": "confidential", "reason": "it is not for guests", "fails": "closed" } },
              "agents": [
                { "name": "Desk", "description": "Answers.", "instructions": ["You are {{house}}.", "Today is {{today}}."], "voice": "cedar", "greeting": "Hello from {{house}}.",
                  "interruption": "after_greeting", "model": { "turn_detection": "semantic_vad", "max_output_tokens": 100, "language": "de" },
                  "tools": ["hours", "free", "end_call"], "handoffs": ["Billing", { "agent": "VIP", "when": { "variable": "vip", "equals": "yes" } }],
                  "guardrails": { "input": ["injection", { "name": "too_long", "limit": 20 }], "output": ["sensitive", "house_secret"] } },
                { "name": "Billing", "instructions": "You do invoices." },
                { "name": "VIP", "instructions": "You serve the important.", "greeting": true },
              ]
            }
            """);
        Assert.Empty(read.Problems);
        Agent desk = read.Set!.Start;
        Assert.Equal(("Desk", "Answers.", "You are {{house}}.\nToday is {{today}}."), (desk.Name, desk.Description, desk.Instructions));
        Assert.Equal(("cedar", 100, "de"), (desk.Model.Voice, desk.Model.MaxOutputTokens, desk.Model.Transcription!.Language));
        Assert.Equal(AgentInterruption.AfterGreeting, desk.Interruption);
        Assert.Equal(["hours", "free", "end_call"], desk.Tools.Select(t => t.Name));
        Assert.Equal([ToolKind.File, ToolKind.Http, ToolKind.Function], desk.Tools.Select(t => t.Kind));
        Assert.Equal((TimeSpan.FromSeconds(3), new ToolFiller(TimeSpan.FromSeconds(2), "Wait.")), (desk.Tools[0].Options.Timeout, desk.Tools[0].Options.Filler));
        Assert.True(desk.Tools[1].Options.RequiresApproval);
        Assert.Equal(["transfer_to_billing", "transfer_to_vip"], desk.Handoffs.Select(h => h.ToolName));
        Assert.Equal("vip = yes", desk.Handoffs[1].ConditionText);
        Assert.False(desk.Handoffs[1].Condition!(read.CreateContext()));
        Assert.Equal(["injection", "too_long"], desk.InputGuardrails.Select(g => g.Name));
        Assert.False(desk.OutputGuardrails[1].FailsOpen);
        Assert.Equal("Bella", read.CreateContext().Variables["house"]);
        Assert.True(read.Set["VIP"].Greeting.SpeaksFirst);
    }

    [Theory]
    [InlineData("", 1, 1, "the file is empty")]
    [InlineData("{ \"agents\": [ }", 1, 15, "it is not JSON")]
    [InlineData("{ }", 1, 1, "'agents' is missing")]
    [InlineData("{ \"agents\": [\n  { \"name\": \"A\", \"instrutions\": \"x\" } ] }", 2, 18, "agents[0].instrutions: 'instrutions' is not known here; did you mean 'instructions'?")]
    [InlineData("{ \"agents\": [\n  { \"name\": \"A\", \"instructions\": \"x\",\n    \"tools\": [\"end_call\", \"end_cal\"] } ] }", 3, 27, "agents[0].tools[1]: there is no tool 'end_cal'; did you mean 'end_call'?")]
    [InlineData("{ \"agents\": [\n  { \"name\": \"A\", \"instructions\": \"x\", \"handoffs\": [\"B\"] } ] }", 2, 52, "agents[0].handoffs[0]: there is no agent 'B'")]
    [InlineData("{ \"agents\": [\n  { \"name\": \"A\", \"instructions\": \"x\" },\n  { \"name\": \"a\", \"instructions\": \"x\" } ] }", 3, 5, "agents[1].name: 'a' is defined twice")]
    [InlineData("{ \"start\": \"B\",\n \"agents\": [ { \"name\": \"A\", \"instructions\": \"x\" } ] }", 1, 3, "start: there is no agent 'B'")]
    [InlineData("{ \"agents\": [ { \"name\": \"A\", \"instructions\": { \"file\": \"none.md\" } } ] }", 1, 48, "agents[0].instructions.file: 'none.md' cannot be read")]
    [InlineData("{ \"agents\": [ { \"name\": \"A\", \"instructions\": \"x\", \"model\": { \"speed\": 9 } } ] }", 1, 62, "agents[0].model.speed: 9 must be between 0.25 and 1.5")]
    [InlineData("{ \"tools\": { \"t\": { \"type\": \"http\", \"description\": \"d\", \"url\": \"https://x.example/y\" } },\n \"agents\": [ { \"name\": \"A\", \"instructions\": \"x\" } ] }", 1, 57, "tools.t.url: https://x.example must not be reached: the host 'x.example' is not among the allowed hosts (none are); list the host under http.allowed_hosts")]
    [InlineData("{ \"guardrails\": { \"g\": { \"pattern\": \"(\", \"reason\": \"r\" } },\n \"agents\": [ { \"name\": \"A\", \"instructions\": \"x\" } ] }", 1, 26, "guardrails.g.pattern: it is not a regular expression")]
    [InlineData("{ \"mcp_servers\": { \"m\": { } },\n \"agents\": [ { \"name\": \"A\", \"instructions\": \"x\" } ] }", 1, 20, "mcp_servers.m: give either a command or a url")]
    public void What_is_wrong_is_said_with_its_line_and_path(string json, int line, int column, string message)
    {
        AgentDefinitions read = Parse(json);
        Assert.False(read.IsUsable);
        AgentProblem problem = Assert.Single(read.Problems, p => p.IsError && $"{p.Path}: {p.Message}".Contains(message, StringComparison.Ordinal));
        Assert.Equal((line, column), (problem.Line, problem.Column));
    }

    [Fact]
    public void Everything_wrong_is_reported_at_once()
    {
        AgentDefinitions read = Parse("""{ "agents": [ { "name": "A", "instructions": "x", "tools": ["b"], "handoffs": ["C"], "guardrails": { "output": ["d"] } } ] }""");
        Assert.Equal(3, read.Problems.Count);
    }

    [Fact]
    public void A_hole_that_nothing_fills_and_a_secret_that_is_not_set_are_warnings()
    {
        AgentDefinitions read = Parse("""
            { "http": { "allowed_hosts": ["x.example"] },
              "tools": { "t": { "type": "http", "description": "d", "url": "https://x.example/y", "headers": { "X-Key": "${NO_SUCH_SECRET}" } } },
              "agents": [ { "name": "A", "instructions": "Hello {{nobody}} and {{somebody|you}}." } ] }
            """);
        Assert.True(read.IsUsable);
        Assert.All(read.Problems, p => Assert.False(p.IsError));
        Assert.Equal(["tools.t.headers.X-Key", "agents[0].instructions"], read.Problems.Select(p => p.Path));
        Assert.StartsWith("(2,", read.Problems[0].ToString());
    }

    [Fact]
    public void A_changed_file_serves_the_next_call_and_a_broken_one_nobody()
    {
        string path = Path.Combine(_folder, "agents.json");
        Write("""{ "agents": [ { "name": "One", "instructions": "x" } ] }""", 1);
        var source = new AgentFileSource(path, new AgentFileOptions());
        Assert.Equal("One", source.Current.Set!.Start.Name);
        Write("""{ "agents": [ { "name": "Two", "instructions": "x" } ] }""", 2);
        Assert.Equal("Two", source.Current.Set!.Start.Name);
        Write("{ broken", 3);
        Assert.Equal("Two", source.Current.Set!.Start.Name);
        File.Delete(path);
        Assert.Equal("Two", source.Current.Set!.Start.Name);
        Write("""{ "agents": [ { "name": "Four", "instructions": "x" } ] }""", 4);
        Assert.Equal("Four", source.Current.Set!.Start.Name);

        void Write(string json, int second)
        {
            File.WriteAllText(path, json);
            File.SetLastWriteTimeUtc(path, new DateTime(2027, 1, 1, 0, 0, second, DateTimeKind.Utc));
        }
    }

    [Fact]
    public void A_changed_prompt_beside_the_file_serves_the_next_call_as_well()
    {
        string path = Path.Combine(_folder, "agents.json"), prompt = Path.Combine(_folder, "prompt.md");
        Write("You are one.", 1);
        File.WriteAllText(path, """{ "agents": [ { "name": "A", "instructions": { "file": "prompt.md" } } ] }""");
        var source = new AgentFileSource(path, new AgentFileOptions());
        AgentSet before = source.Current.Set!;
        Assert.Equal("You are one.", before.Start.Instructions);
        Assert.Same(before, source.Current.Set); // nothing changed, nothing is read
        Write("You are two.", 2);
        Assert.Equal("You are two.", source.Current.Set!.Start.Instructions);
        Assert.Equal("You are one.", before.Start.Instructions); // calls that run keep theirs
        File.Delete(prompt);
        Assert.Equal("You are two.", source.Current.Set!.Start.Instructions);
        Write("You are three.", 3);
        Assert.Equal("You are three.", source.Current.Set!.Start.Instructions);

        void Write(string text, int second)
        {
            File.WriteAllText(prompt, text);
            File.SetLastWriteTimeUtc(prompt, new DateTime(2027, 1, 1, 0, 0, second, DateTimeKind.Utc));
        }
    }

    [Fact]
    public void A_source_is_not_made_of_a_file_that_cannot_be_used()
    {
        string path = Path.Combine(_folder, "agents.json");
        File.WriteAllText(path, """{ "agents": [] }""");
        AgentDefinitionException e = Assert.Throws<AgentDefinitionException>(() => new AgentFileSource(path, new AgentFileOptions()));
        Assert.Contains("needs at least 1", e.Message);
    }

    [Theory]
    [InlineData("concierge", 8)]
    [InlineData("receptionist", 1)]
    public void The_agents_that_come_with_the_program_are_without_fault(string name, int agents)
    {
        AgentDefinitions read = AgentFile.Load(Path.Combine(AppContext.BaseDirectory, "agents", name + ".json"), Program());
        Assert.Empty(read.Problems);
        Assert.Equal(agents, read.Set!.Agents.Count);
        Assert.All(read.Set.Agents, a => Assert.NotNull(a.Description));
    }

    [Fact]
    public void The_shipped_schema_is_json_and_describes_every_key_that_the_ready_files_use()
    {
        using JsonDocument schema = JsonDocument.Parse(AgentFile.Schema);
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema.RootElement.GetProperty("$schema").GetString());
    }

    private static AgentFileOptions Program() => new() { HostTools = ConciergeTools.Catalog, Secret = name => name == "CRM_TOKEN" ? "s3cret" : null };

    private AgentDefinitions Parse(string json) => AgentFile.Parse(json, _folder, Program());
}
