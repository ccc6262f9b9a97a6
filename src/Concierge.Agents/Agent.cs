using Concierge.Agents.Guardrails;
using Concierge.Agents.Tools;
using Concierge.Pipelines;

namespace Concierge.Agents;

/// <summary>
/// Who speaks or writes: what it is told, what it can do, whom it can hand over to and what it must never say. Immutable; one agent serves any number of
/// conversations, on the telephone (<see cref="Realtime.RealtimeRunner"/>) or in writing (<see cref="Text.TextRunner"/>). Build agents with <see cref="AgentSet"/>.
/// </summary>
public sealed record Agent
{
    /// <summary>The agent's name: what hand-offs, logs, traces and the graph call it. Unique in its set, letters, digits, spaces, <c>-</c> and <c>_</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, in one sentence; other agents read it to decide on a hand-off.</summary>
    public string? Description { get; init; }

    /// <summary>What the model is told. <c>{{name}}</c> and <c>{{name|otherwise}}</c> are filled from <see cref="AgentContext.Variables"/> for each conversation.</summary>
    public required string Instructions { get; init; }

    /// <summary>Model, voice and the rest; what is null is the node's.</summary>
    public AgentModelSettings Model { get; init; } = AgentModelSettings.Default;

    /// <summary>What it can do.</summary>
    public IReadOnlyList<AgentTool> Tools { get; init; } = [];

    /// <summary>Tool servers whose tools it may use (Model Context Protocol).</summary>
    public IReadOnlyList<McpToolSource> McpServers { get; init; } = [];

    /// <summary>Whom it may hand over to.</summary>
    public IReadOnlyList<Handoff> Handoffs { get; init; } = [];

    /// <summary>What is checked in what it is told: written messages, and the caller's words.</summary>
    public IReadOnlyList<Guardrail> InputGuardrails { get; init; } = [];

    /// <summary>What is checked in what it says, while it says it.</summary>
    public IReadOnlyList<Guardrail> OutputGuardrails { get; init; } = [];

    /// <summary>Who speaks first, and what is said.</summary>
    public AgentGreeting Greeting { get; init; } = AgentGreeting.Wait;

    /// <summary>Whether the other side may cut in.</summary>
    public AgentInterruption Interruption { get; init; } = AgentInterruption.Allowed;

    /// <summary>How it behaves on the line: silence, limits, hold music, keys; null for <see cref="Realtime.RealtimeRunnerOptions.Conduct"/>.</summary>
    public CallConduct? Conduct { get; init; }

    /// <summary>The JSON schema of its answer, when the answer is data (text agents only); null for prose.</summary>
    public string? OutputSchema { get; init; }
}
