using System.Text.RegularExpressions;

namespace Concierge.Agents.Guardrails;

/// <summary>
/// Trips on markup that carries script and on the usual phrases by which somebody tries to give the agent other instructions. A net with holes by nature: what an agent may
/// do is bounded by its tools, not by this.
/// </summary>
public sealed partial class InjectionGuardrail() : Guardrail("injection")
{
    /// <inheritdoc/>
    public override ValueTask<GuardrailVerdict> CheckAsync(GuardrailInput input, CancellationToken cancellationToken)
    {
        if (Script().IsMatch(input.Text))
        {
            return ValueTask.FromResult(GuardrailVerdict.Trip("it contains script or markup"));
        }

        return ValueTask.FromResult(Takeover().IsMatch(input.Text)
            ? GuardrailVerdict.Trip("it tries to change the agent's instructions")
            : GuardrailVerdict.Pass);
    }

    [GeneratedRegex(
        @"<\s*/?\s*(script|iframe|object|embed|svg|img|style|link|meta)\b|javascript\s*:|data\s*:\s*text/html|\bon(error|load|click|mouseover)\s*=|\beval\s*\(|document\s*\.\s*cookie|;\s*drop\s+table\b|\bunion\s+select\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Script();

    [GeneratedRegex(
        @"\b(ignore|disregard|forget|override)\b.{0,30}\b(previous|prior|above|earlier|all|your|these|the)\b.{0,20}\b(instructions?|prompts?|rules|guidelines)\b"
        + @"|\b(reveal|show|print|repeat|tell me)\b.{0,30}\b(system prompt|your (instructions|prompt|rules))\b|\byou are now\b.{0,30}\b(dan|jailbroken|unrestricted|developer mode|another (assistant|ai))\b|\b(enter|enable) developer mode\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Takeover();
}
