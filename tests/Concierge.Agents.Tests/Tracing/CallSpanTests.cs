using System.Diagnostics;
using Concierge.Agents.Guardrails;
using Concierge.Agents.Realtime;
using Concierge.Agents.Telephone;
using Concierge.Agents.Tests.Line;
using Concierge.Agents.Usage;
using Concierge.Pipelines;

namespace Concierge.Agents.Tests.Tracing;

/// <summary>One whole call with a tool, a hand-off and a guardrail that trips: its spans by their place and by the names of OpenTelemetry's conventions, and what it cost.</summary>
public sealed class CallSpanTests
{
    private const string Scenario = """
        { "name": "traced", "title": "A tool, a hand-off, a guardrail, the end", "turns": [
          { "by": "callee", "when": "answered", "afterMs": 600, "say": "restaurant-greeting" },
          { "by": "agent", "calls": [ { "name": "look_up", "arguments": { "what": "the secret dish" } } ] },
          { "by": "agent", "say": "concierge-purpose", "calls": [ { "name": "transfer_to_booking", "arguments": { "reason": "A table." } } ] },
          { "by": "agent", "say": "concierge-details", "text": "Of course, the guest's card is 4111 1111 1111 1111, and it runs out in June, and the name on it is Morgan, as far as I can see here, and the table is for four." },
          { "by": "agent", "say": "concierge-goodbye", "calls": [ { "name": "end_call", "arguments": {} } ] }
        ], "expect": { "endedBy": "node" } }
        """;

    [Fact]
    public void A_call_is_a_tree_of_spans_by_the_names_of_the_conventions()
    {
        using SpanLog log = new();
        TwinCall call = Run(out AgentContext context);
        Assert.Equal(CallEndReason.AgentEnded, call.Result.Reason);
        IReadOnlyList<Activity> spans = log.Of(context.ConversationId);

        Activity root = Assert.Single(spans, s => s.ParentSpanId == default);
        Assert.Equal(("invoke_agent Desk", ActivityKind.Server, "invoke_agent", "Desk"), (root.DisplayName, root.Kind, root.GetTagItem("gen_ai.operation.name"), root.GetTagItem("gen_ai.agent.name")));
        Assert.Equal("agent_ended", root.GetTagItem("concierge.call.end_reason"));
        Assert.All(spans, s => Assert.Equal(root.TraceId, s.TraceId));
        Dictionary<ActivitySpanId, Activity> byId = spans.ToDictionary(s => s.SpanId);
        string[] shape = [.. spans.Where(s => s != root).Select(s => $"{Kind(byId[s.ParentSpanId])} > {Kind(s)}").Distinct().Order(StringComparer.Ordinal)];
        Assert.Contains("invoke_agent > turn", shape);
        Assert.Contains("turn > chat", shape);
        Assert.All(shape, s => Assert.Matches("^(invoke_agent > turn|turn > chat|(invoke_agent|turn|chat) > (execute_tool|handoff|guardrail))$", s));

        Activity[] chats = [.. spans.Where(s => Kind(s) == "chat")];
        Assert.Equal(call.Model.Responses.Count, chats.Length);
        Assert.All(chats, s => Assert.Equal((ActivityKind.Client, "chat", "openai", "gpt-realtime-2.1"), (s.Kind, s.GetTagItem("gen_ai.operation.name"), s.GetTagItem("gen_ai.provider.name"), s.GetTagItem("gen_ai.request.model"))));
        Assert.Equal(call.Model.Responses.Select(r => r.Id), chats.Select(s => s.GetTagItem("gen_ai.response.id")));
        Assert.Equal(call.Session.Usage.Total.Input, chats.Sum(s => (long)(s.GetTagItem("gen_ai.usage.input_tokens") ?? 0L)));
        Assert.Equal(call.Session.Usage.Total.Output, chats.Sum(s => (long)(s.GetTagItem("gen_ai.usage.output_tokens") ?? 0L)));
        Assert.Equal(["Desk", "Booking"], chats.Select(s => s.GetTagItem("gen_ai.agent.name")).Distinct());

        Activity tool = Assert.Single(spans, s => s.DisplayName == "execute_tool look_up");
        Assert.Equal(("execute_tool", "look_up", "function"), (tool.GetTagItem("gen_ai.operation.name"), tool.GetTagItem("gen_ai.tool.name"), tool.GetTagItem("gen_ai.tool.type")));
        Assert.False(string.IsNullOrEmpty((string?)tool.GetTagItem("gen_ai.tool.call.id")));
        Activity handoff = Assert.Single(spans, s => s.DisplayName == "handoff Booking");
        Assert.Equal(("Desk", "Booking"), (handoff.GetTagItem("concierge.handoff.from"), handoff.GetTagItem("concierge.handoff.to")));
        Activity guardrail = Assert.Single(spans, s => s.DisplayName == "guardrail sensitive");
        Assert.Equal(("output", "Booking"), (guardrail.GetTagItem("concierge.guardrail.stage"), guardrail.GetTagItem("gen_ai.agent.name")));

        // No word of the conversation, no argument, no result.
        string everything = string.Join('\n', spans.Select(s => $"{s.DisplayName} {s.StatusDescription} {string.Join(' ', s.TagObjects)} {string.Join(' ', s.Events.SelectMany(e => e.Tags))}"));
        Assert.All((string[])["4111", "secret dish", "found it", "Trattoria", "A table.", "Morgan"], words => Assert.DoesNotContain(words, everything));
    }

    [Fact]
    public void A_call_that_is_not_traced_leaves_no_span_for_itself_its_turns_or_its_answers_and_is_counted_all_the_same()
    {
        using SpanLog log = new();
        TwinCall call = Run(out AgentContext context, traced: false);
        Assert.DoesNotContain(log.Of(context.ConversationId), s => Kind(s) is "invoke_agent" or "turn" or "chat");
        Assert.Equal(call.Model.Responses.Count, call.Session.Usage.Responses.Count);
    }

    [Fact]
    public void What_a_call_used_adds_up_by_response_turn_and_agent_and_has_its_price()
    {
        TwinCall call = Run(out _);
        UsageMeter usage = call.Session.Usage;
        Assert.Equal(call.Model.Responses.Select(r => r.Id), usage.Responses.Select(r => r.ResponseId));
        Assert.All(usage.Responses, r => Assert.True(r.Usage.Total > 0));
        Assert.All(usage.Responses, r => Assert.Equal((r.Usage.Input * 2m) + (r.Usage.Output * 3m), r.Usage.Cost));
        Assert.Equal(["Booking", "Desk"], usage.ByAgent.Keys.Order());
        foreach (IEnumerable<ModelUsage> parts in (IEnumerable<ModelUsage>[])[usage.ByAgent.Values, usage.ByTurn.Values])
        {
            Assert.Equal(usage.Total.Total, parts.Sum(p => p.Total));
            Assert.Equal(usage.Total.Cost, parts.Sum(p => p.Cost));
        }

        Assert.True(usage.Total.Cost > 0);
    }

    [Fact]
    public void A_price_that_is_not_known_is_not_made_up()
    {
        UsageMeter usage = new((model, used) => model == "priced" ? used.Total : null);
        usage.Add("r1", 1, "A", "priced", new ModelUsage(1, 2, 0, 3, 4));
        Assert.Equal(10m, usage.Total.Cost);
        usage.Add("r2", 1, "A", "unknown", new ModelUsage(1, 0, 0, 0, 0));
        Assert.Null(usage.Total.Cost);
        Assert.Equal(11, usage.Total.Total);
    }

    private static string Kind(Activity span) => span.DisplayName.Split(' ')[0];

    private static TwinCall Run(out AgentContext context, bool traced = true)
    {
        AgentContext own = context = new AgentContext();
        return TwinCall.Run(
            time => new RealtimeRunner(
                AgentSet.Create(set =>
                {
                    set.Agent("Desk").Instructions("You are the desk.").HandsOffTo("Booking").Tool("look_up", "Looks up.", (string what) => "found it: " + what);
                    set.Agent("Booking").Instructions("You book tables.").Tool(TelephoneTools.EndCall).GuardOutput(BuiltInGuardrails.Sensitive());
                }),
                new RealtimeRunnerOptions
                {
                    Time = time,
                    Traced = traced,
                    Conduct = CallConduct.Default,
                    Session = new() { Model = "gpt-realtime-2.1" },
                    Price = static (_, used) => (used.Input * 2m) + (used.Output * 3m),
                }).CreateSession(own),
            Scenario);
    }
}
