using System.Diagnostics;
using System.Diagnostics.Metrics;
using Concierge.Agents.Guardrails;
using Concierge.Agents.Tools;
using Concierge.Agents.Usage;

namespace Concierge.Agents.Tracing;

/// <summary>
/// Spans and counters of agents, by the names of OpenTelemetry's conventions for generative AI. Listen to the source <see cref="SourceName"/> by the ordinary means of .NET
/// (an <see cref="ActivityListener"/>, OpenTelemetry's <c>AddSource</c>). No word of a conversation, no argument and no result of a tool is in a span.
/// </summary>
public static class AgentTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string SourceName = "Concierge.Agents";

    private static readonly ActivitySource s_source = new(SourceName);
    private static readonly Meter s_meter = new(SourceName);
    private static readonly Counter<long> s_trips = s_meter.CreateCounter<long>("concierge.agent.guardrail.trips", "{trip}", "Texts that a guardrail stopped.");
    private static readonly Counter<long> s_failures = s_meter.CreateCounter<long>("concierge.agent.guardrail.failures", "{failure}", "Guardrails that failed themselves.");
    private static readonly Histogram<double> s_toolTime = s_meter.CreateHistogram<double>("gen_ai.client.operation.duration", "s", "How long tools took.");
    private static readonly Counter<long> s_tokens = s_meter.CreateCounter<long>("concierge.agent.tokens", "{token}", "Tokens read and written by models.");

    /// <summary>The span of a whole conversation: a call, or one request in writing.</summary>
    internal static Activity? StartConversation(string kind, AgentContext context, Agent agent) =>
        Start($"invoke_agent {agent.Name}", kind == "call" ? ActivityKind.Server : ActivityKind.Internal, default, context, agent.Name)
            ?.SetTag("gen_ai.operation.name", "invoke_agent").SetTag("concierge.conversation.kind", kind);

    /// <summary>The span of one turn: from what the other side said to the end of the answer.</summary>
    internal static Activity? StartTurn(ActivityContext parent, AgentContext context, string agent, int number) =>
        Start("turn", ActivityKind.Internal, parent, context, agent)?.SetTag("concierge.turn", number);

    /// <summary>The span of one answer of a model.</summary>
    internal static Activity? StartResponse(ActivityContext parent, AgentContext context, string agent, string? model) =>
        Start($"chat {model ?? "model"}", ActivityKind.Client, parent, context, agent)
            ?.SetTag("gen_ai.operation.name", "chat").SetTag("gen_ai.provider.name", "openai").SetTag("gen_ai.request.model", model);

    /// <summary>Closes the span of an answer.</summary>
    internal static void EndResponse(Activity? span, string? responseId, string status, ModelUsage usage, string model)
    {
        if (usage.Total > 0)
        {
            s_tokens.Add(usage.Input, new("gen_ai.token.type", "input"), new("gen_ai.request.model", model));
            s_tokens.Add(usage.Output, new("gen_ai.token.type", "output"), new("gen_ai.request.model", model));
        }

        span?.SetTag("gen_ai.response.id", responseId)
            .SetTag("gen_ai.response.finish_reasons", new[] { status })
            .SetTag("gen_ai.usage.input_tokens", usage.Input)
            .SetTag("gen_ai.usage.output_tokens", usage.Output)
            .SetTag("gen_ai.usage.cached_input_tokens", usage.InputCached);
        if (status == "failed")
        {
            span?.SetStatus(ActivityStatusCode.Error);
        }

        span?.Dispose();
    }

    /// <summary>The span of a tool's work.</summary>
    internal static Activity? StartTool(ActivityContext parent, AgentTool tool, string callId, string agent, AgentContext context) =>
        Start($"execute_tool {tool.Name}", ActivityKind.Internal, parent, context, agent)
            ?.SetTag("gen_ai.operation.name", "execute_tool")
            .SetTag("gen_ai.tool.name", tool.Name)
            .SetTag("gen_ai.tool.call.id", callId)
            .SetTag("gen_ai.tool.type", tool.Kind is ToolKind.Mcp or ToolKind.Http ? "extension" : "function");

    /// <summary>Closes the span of a tool's work.</summary>
    internal static void EndTool(Activity? span, AgentTool tool, ToolResult result, TimeSpan took)
    {
        s_toolTime.Record(took.TotalSeconds, new("gen_ai.operation.name", "execute_tool"), new("gen_ai.tool.name", tool.Name), new("error", result.IsError));
        span?.SetTag("concierge.tool.result_length", result.Output.Length);
        if (result.IsError)
        {
            span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", "tool_failed");
        }
    }

    /// <summary>A hand-off, as a span of its own: what follows belongs to the other agent.</summary>
    internal static Activity? StartHandoff(ActivityContext parent, Agent from, Agent to, AgentContext context) =>
        Start($"handoff {to.Name}", ActivityKind.Internal, parent, context, from.Name)?.SetTag("concierge.handoff.from", from.Name).SetTag("concierge.handoff.to", to.Name);

    /// <summary>A guardrail that tripped.</summary>
    internal static void GuardrailTripped(ActivityContext parent, Guardrail guardrail, GuardrailStage stage, Agent agent, AgentContext context, string reason)
    {
        s_trips.Add(1, new("concierge.guardrail", guardrail.Name), new("concierge.guardrail.stage", stage == GuardrailStage.Input ? "input" : "output"));
        using Activity? span = Start($"guardrail {guardrail.Name}", ActivityKind.Internal, parent, context, agent.Name);
        span?.SetTag("concierge.guardrail", guardrail.Name).SetTag("concierge.guardrail.stage", stage == GuardrailStage.Input ? "input" : "output")
            .SetTag("concierge.guardrail.reason", reason);
    }

    /// <summary>A guardrail that failed itself.</summary>
    internal static void GuardrailFailed(Guardrail guardrail) => s_failures.Add(1, new KeyValuePair<string, object?>("concierge.guardrail", guardrail.Name));

    private static Activity? Start(string name, ActivityKind kind, ActivityContext parent, AgentContext context, string agent)
    {
        Activity? span = parent == default ? s_source.StartActivity(name, kind) : s_source.StartActivity(name, kind, parent);
        return span?.SetTag("gen_ai.agent.name", agent).SetTag("gen_ai.conversation.id", context.ConversationId);
    }
}
