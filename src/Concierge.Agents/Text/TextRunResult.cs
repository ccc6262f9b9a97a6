using Concierge.Agents.Guardrails;
using Concierge.Agents.Usage;

namespace Concierge.Agents.Text;

/// <summary>What a request came to.</summary>
/// <param name="Text">The answer; of an agent with an output schema, JSON.</param>
/// <param name="Agent">Who gave it.</param>
/// <param name="NewMessages">What the conversation gained, the request included.</param>
/// <param name="Usage">What it used.</param>
/// <param name="Trip">The guardrail that stopped it; null when none did.</param>
public sealed record TextRunResult(string Text, Agent Agent, IReadOnlyList<TextMessage> NewMessages, UsageMeter Usage, GuardrailTrip? Trip);
