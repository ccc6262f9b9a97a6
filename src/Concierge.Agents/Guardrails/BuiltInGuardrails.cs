namespace Concierge.Agents.Guardrails;

/// <summary>The guardrails that come with the program; agent files name them as here in brackets.</summary>
public static class BuiltInGuardrails
{
    /// <summary>The names that agent files may use.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["sensitive", "secrets", "passwords", "social_security", "card_numbers", "injection", "empty", "too_long", "party_size"];

    /// <summary>Every kind of sensitive text (<c>sensitive</c>).</summary>
    public static Guardrail Sensitive() => new SensitiveGuardrail("sensitive");

    /// <summary>Attempts to take the agent over (<c>injection</c>).</summary>
    public static Guardrail Injection() => new InjectionGuardrail();

    /// <summary>Messages without a word (<c>empty</c>).</summary>
    public static Guardrail Empty() => new DelegateGuardrail(
        "empty", (input, _) => ValueTask.FromResult(string.IsNullOrWhiteSpace(input.Text) ? GuardrailVerdict.Trip("it is empty") : GuardrailVerdict.Pass));

    /// <summary>Messages that are too long (<c>too_long</c>).</summary>
    /// <param name="most">Characters that pass.</param>
    public static Guardrail TooLong(int most = 1000) => new DelegateGuardrail("too_long", (input, _) => ValueTask.FromResult(
        input.Text.Length > most ? GuardrailVerdict.Trip($"it has {input.Text.Length} characters; at most {most} are taken") : GuardrailVerdict.Pass));

    /// <summary>Parties nobody can book for (<c>party_size</c>).</summary>
    /// <param name="most">The largest party, 1 to 50.</param>
    public static Guardrail PartySize(int most = 50) => new PartySizeGuardrail(most);

    /// <summary>A guardrail by its name in agent files.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="limit">The number that <c>too_long</c> and <c>party_size</c> take; null for their default.</param>
    /// <returns>Null for an unknown name.</returns>
    public static Guardrail? Find(string name, int? limit = null) => name switch
    {
        "sensitive" => Sensitive(),
        "secrets" => new SensitiveGuardrail("secrets", SensitiveKind.Secret),
        "passwords" => new SensitiveGuardrail("passwords", SensitiveKind.Password),
        "social_security" => new SensitiveGuardrail("social_security", SensitiveKind.SocialSecurityNumber),
        "card_numbers" => new SensitiveGuardrail("card_numbers", SensitiveKind.CardNumber),
        "injection" => Injection(),
        "empty" => Empty(),
        "too_long" => TooLong(limit ?? 1000),
        "party_size" => PartySize(limit ?? 50),
        _ => null,
    };
}
