namespace Concierge.Agents.Guardrails;

/// <summary>Trips on sensitive text of the given kinds. Stops the text when it fails itself.</summary>
public sealed class SensitiveGuardrail : Guardrail
{
    private readonly SensitiveKind[] _kinds;

    /// <summary>A guardrail.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="kinds">What trips it; none for all.</param>
    public SensitiveGuardrail(string name, params SensitiveKind[] kinds)
        : base(name)
    {
        _kinds = kinds;
        FailsOpen = false;
    }

    /// <inheritdoc/>
    public override ValueTask<GuardrailVerdict> CheckAsync(GuardrailInput input, CancellationToken cancellationToken)
    {
        foreach (SensitiveMatch match in SensitiveText.Find(input.Text))
        {
            if (_kinds.Length == 0 || _kinds.Contains(match.Kind))
            {
                return ValueTask.FromResult(GuardrailVerdict.Trip($"it contains a {SensitiveText.Name(match.Kind)}"));
            }
        }

        return ValueTask.FromResult(GuardrailVerdict.Pass);
    }
}
