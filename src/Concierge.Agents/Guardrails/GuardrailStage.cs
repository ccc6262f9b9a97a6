namespace Concierge.Agents.Guardrails;

/// <summary>Where a guardrail stands.</summary>
public enum GuardrailStage : byte
{
    /// <summary>Before the agent: what it is told.</summary>
    Input,

    /// <summary>Behind the agent: what it says.</summary>
    Output,
}
