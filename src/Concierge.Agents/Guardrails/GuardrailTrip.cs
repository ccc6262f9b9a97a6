namespace Concierge.Agents.Guardrails;

/// <summary>A guardrail that tripped.</summary>
/// <param name="Guardrail">Its name.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="Reason">Why, without the text itself.</param>
public sealed record GuardrailTrip(string Guardrail, GuardrailStage Stage, string Reason);
