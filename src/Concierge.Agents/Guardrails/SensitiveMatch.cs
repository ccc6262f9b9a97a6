namespace Concierge.Agents.Guardrails;

/// <summary>Something sensitive in a text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Its first character.</param>
/// <param name="Length">Its length in characters.</param>
public readonly record struct SensitiveMatch(SensitiveKind Kind, int Start, int Length);
