using Concierge.Agents.Text;
using Concierge.Protocols.Realtime;
using Concierge.Simulation.Chat;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;

namespace Concierge.Agents.Tests.Text;

/// <summary>The vendor's own client against the twin's <c>/v1/chat/completions</c>, over real sockets.</summary>
public sealed class OpenAITextModelTests
{
    private static readonly Scenario s_none = Scenario.Parse("""{"name":"none","turns":[]}""");

    [Fact]
    public async Task A_request_goes_through_agents_tools_and_a_hand_off_to_an_answer_with_its_usage()
    {
        await using RealtimeTwinServer twin = await StartAsync("""
            { "when": { "offers": "transfer_to_reservation", "user": "four" }, "say": "One moment.", "calls": [ { "name": "transfer_to_reservation", "arguments": { "reason": "A table" } } ] },
            { "when": { "instructions": "you book", "afterTool": "transfer_to_reservation" }, "calls": [ { "name": "find_restaurant", "arguments": { "name": "bella" } } ] },
            { "when": { "afterTool": "find_restaurant", "model": "gpt-small" }, "say": "Booked at Trattoria Bella." }
            """);
        AgentSet agents = AgentSet.Create(set =>
        {
            set.Agent("Orchestrator").Instructions("You delegate.").HandsOffTo("Reservation");
            set.Agent("Reservation").Instructions("You book.").Model(m => m with { Model = "gpt-small" }).Tool("find_restaurant", "Finds.", (string name) => "Trattoria Bella");
        });
        TextRunResult result = await new TextRunner(agents, Model(twin)).RunAsync("A table for four", [], new AgentContext());
        Assert.Equal(("Booked at Trattoria Bella.", "Reservation"), (result.Text, result.Agent.Name));
        Assert.Equal(3, result.Usage.Responses.Count);
        Assert.All(result.Usage.Responses, r => Assert.True(r.Usage.Input > 0 && r.Usage.Output > 0));
        Assert.Equal(3, result.Usage.Responses.Select(r => r.ResponseId).Distinct().Count());
        Assert.Equal("One moment.", result.NewMessages[1].Text); // what was said beside a call stays
    }

    [Theory]
    [InlineData(401, "OPENAI_API_KEY")]
    [InlineData(403, "AGENT_MODEL")]
    [InlineData(404, "AGENT_URL")]
    [InlineData(429, "too many requests")]
    [InlineData(400, "answered 400")]
    public async Task A_refusal_is_said_in_words_that_help_and_without_the_key(int status, string words)
    {
        await using RealtimeTwinServer twin = await StartAsync($$"""{ "refuse": {{status}}, "retryAfterSeconds": 0, "repeat": true }""");
        TextModelException refused = await Assert.ThrowsAsync<TextModelException>(() => AskAsync(Model(twin)));
        Assert.Contains(words, refused.Message);
        Assert.DoesNotContain("sk-test", refused.ToString());
    }

    [Fact]
    public async Task What_may_pass_is_tried_again()
    {
        await using RealtimeTwinServer twin = await StartAsync("""{ "refuse": 503, "retryAfterSeconds": 0 }, { "say": "Here I am." }""");
        Assert.Equal("Here I am.", (await AskAsync(Model(twin))).Text);
    }

    [Fact]
    public async Task A_wrong_key_a_server_that_is_not_there_and_one_that_breaks_off_are_told_apart()
    {
        await using RealtimeTwinServer twin = await StartAsync("""{ "say": "Never heard.", "repeat": true }""", key: "another");
        Assert.Contains("OPENAI_API_KEY", (await Assert.ThrowsAsync<TextModelException>(() => AskAsync(Model(twin)))).Message);
        OpenAITextModel gone = new("gpt-5-mini", "sk-test", new Uri("http://127.0.0.1:9/v1"));
        Assert.Contains("could not be reached", (await Assert.ThrowsAsync<TextModelException>(() => AskAsync(gone))).Message);
    }

    [Fact]
    public async Task A_model_that_takes_too_long_is_not_waited_for_and_a_caller_who_leaves_stops_it()
    {
        await using RealtimeTwinServer twin = await StartAsync("""{ "say": "Late.", "afterMs": 60000, "repeat": true }""");
        Assert.Contains("could not be reached", (await Assert.ThrowsAsync<TextModelException>(() => AskAsync(Model(twin, TimeSpan.FromMilliseconds(200))))).Message);
        using CancellationTokenSource gone = new(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(Model(twin), gone.Token));
    }

    private static Task<RealtimeTwinServer> StartAsync(string turns, string? key = null) =>
        RealtimeTwinServer.StartAsync(s_none, new RealtimeTwinOptions { ApiKey = key ?? "sk-test" }, text: TextScript.Parse($$"""{ "turns": [ {{turns}} ] }"""));

    private static OpenAITextModel Model(RealtimeTwinServer twin, TimeSpan? timeout = null) => new("gpt-5-mini", "sk-test", twin.HttpUrl, timeout: timeout);

    private static Task<TextModelAnswer> AskAsync(OpenAITextModel model, CancellationToken cancellationToken = default)
    {
        Agent agent = AgentSet.Create(set => set.Agent("A").Instructions("x")).Start;
        return model.CompleteAsync(new TextModelRequest(agent, "x", [TextMessage.User("Hello")], (RealtimeFunctionTool[])[]), cancellationToken);
    }
}
