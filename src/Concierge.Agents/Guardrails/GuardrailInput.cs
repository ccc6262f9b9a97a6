namespace Concierge.Agents.Guardrails;

/// <summary>What a guardrail judges.</summary>
/// <param name="Text">The text: a message, or what the agent has said so far in one answer.</param>
/// <param name="Agent">The agent it is said to, or by.</param>
/// <param name="Context">The conversation.</param>
public sealed record GuardrailInput(string Text, Agent Agent, AgentContext Context);
