using System.Diagnostics;
using Concierge.Agents.Guardrails;
using Concierge.Agents.Tests.Tracing;
using Concierge.Agents.Text;

namespace Concierge.Agents.Tests.Text;

/// <summary>Requests in writing, from the orchestrator to the agent that answers, with a model by script.</summary>
public sealed class TextRunnerTests
{
    [Fact]
    public async Task The_orchestrator_hands_over_and_the_other_agents_tools_are_carried_out()
    {
        ScriptedModel model = new(
            ScriptedModel.Calls(("transfer_to_reservation", """{"reason":"A table for four."}""")),
            ScriptedModel.Calls(("find_restaurant", """{"name":"bella"}"""), ("call_restaurant", """{"party":4}""")),
            ScriptedModel.Says("Your table is booked."));
        using SpanLog spans = new();
        AgentContext context = new();
        context.Variables["guest"] = "Morgan";
        List<TextRunEvent> events = [];
        int found = 0;
        AgentSet agents = Agents(() => $"Trattoria Bella {++found}");
        TextRunResult result = await new TextRunner(agents, model, new TextRunnerOptions { Price = static (_, u) => u.Total }).RunAsync("Book a table for four", [], context, onEvent: events.Add);

        Assert.Equal(("Your table is booked.", "Reservation"), (result.Text, result.Agent.Name));
        Assert.Equal(["Orchestrator", "Reservation", "Reservation"], model.Asked.Select(a => a.Agent.Name));
        Assert.Equal("You book for Morgan.", model.Asked[1].Instructions);
        Assert.Equal(["transfer_to_reservation"], model.Asked[0].Tools.Select(t => t.Name));
        Assert.Equal(["call_restaurant", "find_restaurant"], model.Asked[1].Tools.Select(t => t.Name).Order());
        Assert.Equal([TextRole.User, TextRole.Assistant, TextRole.Tool, TextRole.Assistant, TextRole.Tool, TextRole.Tool], model.Asked[2].Messages.Select(m => m.Role));
        Assert.Equal("Trattoria Bella 1", model.Asked[2].Messages[4].Text);
        Assert.Equal(1, found);
        Assert.Contains(new TextRunEvent.Handoff("Orchestrator", "Reservation", "A table for four."), events);
        Assert.Equal(7, result.NewMessages.Count);

        Assert.Equal(3, result.Usage.Responses.Count);
        Assert.Equal((15L, 30L), (result.Usage.ByAgent["Orchestrator"].Total, result.Usage.ByAgent["Reservation"].Total));
        Assert.Equal(45m, result.Usage.Total.Cost);
        Activity[] seen = [.. spans.Of(context.ConversationId)];
        Activity root = Assert.Single(seen, s => s.ParentSpanId == default);
        Assert.Equal("invoke_agent Orchestrator", root.DisplayName);
        Assert.Equal(
            ["chat", "chat", "chat", "execute_tool call_restaurant", "execute_tool find_restaurant", "handoff Reservation"],
            seen.Where(s => s != root).Select(s => s.DisplayName.StartsWith("chat ", StringComparison.Ordinal) ? "chat" : s.DisplayName).Order(StringComparer.Ordinal));
        Assert.All(seen.Where(s => s != root), s => Assert.Equal(root.SpanId, s.ParentSpanId));
    }

    [Fact]
    public async Task A_model_that_never_comes_to_an_end_is_stopped()
    {
        ScriptedModel model = new([.. Enumerable.Repeat(ScriptedModel.Calls(("nobody_has_this", "{}")), 3)]);
        TextRunResult result = await new TextRunner(Agents(() => ""), model, new TextRunnerOptions { MaxTurns = 3 }).RunAsync("Book", [], new AgentContext(), "Reservation");
        Assert.Contains("within 3 steps", result.Text);
        Assert.All(result.NewMessages.Where(m => m.Role == TextRole.Tool), m => Assert.Contains("error", m.Text));
    }

    [Fact]
    public async Task Guardrails_stop_a_request_before_the_model_sees_it_and_an_answer_before_the_guest_does()
    {
        ScriptedModel model = new(ScriptedModel.Says("The card is 4111 1111 1111 1111."));
        AgentSet agents = AgentSet.Create(set => set.Agent("Desk").Instructions("x").GuardInput(BuiltInGuardrails.Injection()).GuardOutput(BuiltInGuardrails.Sensitive()));
        TextRunner runner = new(agents, model);
        TextRunResult refused = await runner.RunAsync("<script>alert(1)</script>", [], new AgentContext());
        Assert.NotNull(refused.Trip);
        Assert.Empty(model.Asked);
        TextRunResult hidden = await runner.RunAsync("What is the card?", [], new AgentContext());
        Assert.Equal("sensitive", hidden.Trip!.Guardrail);
        Assert.DoesNotContain("4111", hidden.Text + string.Join(' ', hidden.NewMessages.Select(m => m.Text)));
    }

    [Fact]
    public async Task A_model_that_fails_fails_the_request_and_its_span()
    {
        using SpanLog spans = new();
        AgentContext context = new();
        ScriptedModel model = new(_ => throw new TextModelException("It does not answer."));
        await Assert.ThrowsAsync<TextModelException>(() => new TextRunner(Agents(() => ""), model).RunAsync("Book", [], context));
        Assert.Equal(ActivityStatusCode.Error, Assert.Single(spans.Of(context.ConversationId), s => s.DisplayName.StartsWith("chat ", StringComparison.Ordinal)).Status);
    }

    private static AgentSet Agents(Func<string> find) => AgentSet.Create(set =>
    {
        set.Agent("Orchestrator").Instructions("You delegate.").HandsOffTo("Reservation");
        set.Agent("Reservation").Instructions("You book for {{guest|a guest}}.").Tool("find_restaurant", "Finds.", (string name) => find()).Tool("call_restaurant", "Calls.", (int party) => $"booked for {party}");
    });
}
