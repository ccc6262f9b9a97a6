namespace Concierge.Agents.Guardrails;

/// <summary>Judges a text before it goes further: what the agent is told, or what it says. Shared by all conversations.</summary>
public abstract class Guardrail
{
    /// <summary>A guardrail.</summary>
    /// <param name="name">Its name, for events and traces.</param>
    protected Guardrail(string name) => Name = name;

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Whether a text passes when the guardrail itself fails or takes too long (true), or is stopped (false).</summary>
    public bool FailsOpen { get; init; } = true;

    /// <summary>How long it may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Judges a text.</summary>
    public abstract ValueTask<GuardrailVerdict> CheckAsync(GuardrailInput input, CancellationToken cancellationToken);
}
