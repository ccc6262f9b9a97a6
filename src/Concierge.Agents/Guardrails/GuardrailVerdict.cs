namespace Concierge.Agents.Guardrails;

/// <summary>What a guardrail found.</summary>
/// <param name="IsTripped">Whether the text must not pass.</param>
/// <param name="Reason">Why, in words that may be shown and told to the model: never the text itself.</param>
public sealed record GuardrailVerdict(bool IsTripped, string? Reason = null)
{
    /// <summary>Nothing found.</summary>
    public static GuardrailVerdict Pass { get; } = new(false);

    /// <summary>The text must not pass.</summary>
    /// <param name="reason">Why, without the text itself.</param>
    public static GuardrailVerdict Trip(string reason) => new(true, reason);
}
