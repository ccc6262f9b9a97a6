using Concierge.Agents.Guardrails;
using Concierge.Agents.Tools;
using Concierge.Pipelines;

namespace Concierge.Agents;

/// <summary>Builds one agent in code.</summary>
public sealed class AgentBuilder
{
    private Agent _agent;

    internal AgentBuilder(string name) => _agent = new Agent { Name = name, Instructions = "" };

    /// <summary>Says what it is for; other agents read it to decide on a hand-off.</summary>
    public AgentBuilder Description(string text) => Set(_agent with { Description = text });

    /// <summary>Says what the model is told; <c>{{name}}</c> is filled for each conversation.</summary>
    public AgentBuilder Instructions(string text) => Set(_agent with { Instructions = text });

    /// <summary>Chooses the voice.</summary>
    public AgentBuilder Voice(string voice) => Model(m => m with { Voice = voice });

    /// <summary>Changes the model's settings.</summary>
    public AgentBuilder Model(Func<AgentModelSettings, AgentModelSettings> change) => Set(_agent with { Model = change(_agent.Model) });

    /// <summary>The agent speaks first.</summary>
    /// <param name="words">What it says; null leaves the words to the model.</param>
    public AgentBuilder Greets(string? words = null) => Set(_agent with { Greeting = new AgentGreeting(true, words) });

    /// <summary>Whether the other side may cut in.</summary>
    public AgentBuilder Interruption(AgentInterruption policy) => Set(_agent with { Interruption = policy });

    /// <summary>How it behaves on the line: silence, limits, hold music, keys.</summary>
    public AgentBuilder Conduct(CallConduct conduct) => Set(_agent with { Conduct = conduct });

    /// <summary>Adds a tool.</summary>
    public AgentBuilder Tool(AgentTool tool) => Set(_agent with { Tools = [.. _agent.Tools, tool] });

    /// <summary>Adds a tool made of a method: its parameters become the schema, see <see cref="FunctionTool.Create"/>.</summary>
    /// <param name="name">The name the model calls it by.</param>
    /// <param name="description">What it does and when to use it, for the model.</param>
    /// <param name="method">Carries it out.</param>
    /// <param name="options">Time-out and the rest; null for the defaults.</param>
    public AgentBuilder Tool(string name, string description, Delegate method, AgentToolOptions? options = null) =>
        Tool(FunctionTool.Create(name, description, method, options));

    /// <summary>Adds the tools of a tool server.</summary>
    public AgentBuilder Mcp(McpToolSource server) => Set(_agent with { McpServers = [.. _agent.McpServers, server] });

    /// <summary>Lets it hand over to another agent of the set.</summary>
    /// <param name="agent">The other agent's name; it may be added later.</param>
    /// <param name="when">Whether it may happen now; null for always.</param>
    /// <param name="onHandoff">Told before the other agent takes over.</param>
    /// <param name="description">The tool's description; null uses the other agent's own.</param>
    public AgentBuilder HandsOffTo(
        string agent, Func<AgentContext, bool>? when = null, Func<HandoffEvent, CancellationToken, ValueTask>? onHandoff = null, string? description = null) =>
        Set(_agent with
        {
            Handoffs = [.. _agent.Handoffs, new Handoff(agent) { Condition = when, OnHandoff = onHandoff, Description = description, ConditionText = when is null ? null : "on condition" }],
        });

    /// <summary>Checks what it is told.</summary>
    public AgentBuilder GuardInput(params Guardrail[] guardrails) => Set(_agent with { InputGuardrails = [.. _agent.InputGuardrails, .. guardrails] });

    /// <summary>Checks what it says, while it says it.</summary>
    public AgentBuilder GuardOutput(params Guardrail[] guardrails) => Set(_agent with { OutputGuardrails = [.. _agent.OutputGuardrails, .. guardrails] });

    /// <summary>Makes its answer data of this JSON schema (text agents only).</summary>
    public AgentBuilder Answers(string jsonSchema) => Set(_agent with { OutputSchema = jsonSchema });

    internal Agent Build() => _agent;

    private AgentBuilder Set(Agent agent)
    {
        _agent = agent;
        return this;
    }
}
