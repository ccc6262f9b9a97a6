using Concierge.Agents.Guardrails;

namespace Concierge.Agents.Tests.Guardrails;

public sealed class SensitiveTextTests
{
    [Theory]
    [InlineData("Your card is 4111 1111 1111 1111.", SensitiveKind.CardNumber)]
    [InlineData("5500-0000-0000-0004", SensitiveKind.CardNumber)]
    [InlineData("It is 378282246310005 on file", SensitiveKind.CardNumber)]
    [InlineData("four one one one, one one one one, one one one one, one one one one", SensitiveKind.CardNumber)]
    [InlineData("My number is 078-05-1120.", SensitiveKind.SocialSecurityNumber)]
    [InlineData("the key sk-proj-abcdefghijklmnop1234", SensitiveKind.Secret)]
    [InlineData("AKIAIOSFODNN7EXAMPLE", SensitiveKind.Secret)]
    [InlineData("ghp_abcdefghijklmnopqrstuvwxyz0123456789", SensitiveKind.Secret)]
    [InlineData("api key: 0123456789abcdef0123", SensitiveKind.Secret)]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----", SensitiveKind.Secret)]
    [InlineData("The password is hunter22", SensitiveKind.Password)]
    [InlineData("Passwort: geheim123", SensitiveKind.Password)]
    public void Finds_what_must_not_be_said(string text, SensitiveKind kind)
    {
        Assert.Contains(SensitiveText.Find(text), m => m.Kind == kind);
        Assert.Contains("[", SensitiveText.Mask(text));
    }

    [Theory]
    [InlineData("Your confirmation number is T B 4 7 2 9.")]
    [InlineData("4111 1111 1111 1112 has a wrong check digit")]
    [InlineData("Call +1 415 555 0123 or 020 7946 0958.")]
    [InlineData("On 2027-06-11 at 19:30 for 4.")]
    [InlineData("000-12-3456 and 912-34-5678 and 123-00-4567 are nobody's")]
    [InlineData("I need a password reset, and my passwords are safe.")]
    [InlineData("one two three four five six seven eight nine ten")]
    [InlineData("0000 0000 0000 0000")]
    public void Leaves_everything_else_alone(string text)
    {
        Assert.Empty(SensitiveText.Find(text));
        Assert.Equal(text, SensitiveText.Mask(text));
    }

    [Fact]
    public void Masks_only_what_is_sensitive() => Assert.Equal(
        "Use [card number] and [social security number], please.",
        SensitiveText.Mask("Use 4111-1111-1111-1111 and 078-05-1120, please."));

    [Theory]
    [InlineData("79927398713", true)] // the example of ISO/IEC 7812-1
    [InlineData("79927398710", false)]
    public void Checks_the_check_digit(string digits, bool right) => Assert.Equal(right, SensitiveText.IsLuhn(digits));
}
