namespace Concierge.Agents.Guardrails;

/// <summary>A guardrail of one's own.</summary>
/// <param name="name">Its name, for events and traces.</param>
/// <param name="check">Judges a text.</param>
public sealed class DelegateGuardrail(string name, Func<GuardrailInput, CancellationToken, ValueTask<GuardrailVerdict>> check) : Guardrail(name)
{
    /// <inheritdoc/>
    public override ValueTask<GuardrailVerdict> CheckAsync(GuardrailInput input, CancellationToken cancellationToken) => check(input, cancellationToken);
}
