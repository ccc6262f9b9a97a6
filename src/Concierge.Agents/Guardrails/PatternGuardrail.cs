using System.Text.RegularExpressions;

namespace Concierge.Agents.Guardrails;

/// <summary>Trips where a regular expression matches. The expression runs without backtracking where it can, and under a time-out otherwise.</summary>
public sealed class PatternGuardrail : Guardrail
{
    private readonly Regex _pattern;
    private readonly string _reason;

    /// <summary>A guardrail.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="pattern">The regular expression, regardless of case.</param>
    /// <param name="reason">Why a match must not pass.</param>
    /// <param name="timeout">How long a match may take; null for 100 ms.</param>
    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    public PatternGuardrail(string name, string pattern, string reason, TimeSpan? timeout = null)
        : base(name)
    {
        _reason = reason;
        TimeSpan limit = timeout ?? TimeSpan.FromMilliseconds(100);
        const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
        try
        {
            _pattern = new Regex(pattern, Options | RegexOptions.NonBacktracking); // linear in the text: no time-out needed
        }
        catch (NotSupportedException)
        {
            _pattern = new Regex(pattern, Options, limit); // look-around and back references need backtracking
        }
    }

    /// <inheritdoc/>
    public override ValueTask<GuardrailVerdict> CheckAsync(GuardrailInput input, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_pattern.IsMatch(input.Text) ? GuardrailVerdict.Trip(_reason) : GuardrailVerdict.Pass);
}
