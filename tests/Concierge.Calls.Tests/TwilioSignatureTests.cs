using System.Text;
using Concierge.Calls.Twilio;

namespace Concierge.Calls.Tests;

/// <summary>Known answers of the vendor's own library (npm twilio 6.2.0) and of openssl; the token is 12345.</summary>
public class TwilioSignatureTests
{
    private const string Token = "12345";
    private const string FormUrl = "https://example.com/myapp.php?foo=1&bar=2";
    private const string FormSignature = "L/OH5YylLD5NRKLltdqwSvS0BnU=";
    private const string Body = """{"CallSid":"CA1234567890ABCDE","Caller":"+12349013030"}""";
    private const string BodyUrl = "https://example.com/myapp?bodySHA256=5ccde7145dfb8f56479710896586cb9d5911809d83afbe34627818790db0aec9";
    private const string BodySignature = "hPXmLwIy3Fgqv1i9KPmH/HhQ6zo=";

    private static readonly KeyValuePair<string, string>[] s_form =
    [
        new("To", "+18005551212"), new("CallSid", "CA1234567890ABCDE"), new("Caller", "+14158675310"), new("From", "+14158675310"), new("Digits", "1234"),
    ];

    private static readonly TwilioSignatureValidator s_validator = new(Token);

    [Fact]
    public void Signs_a_form_as_the_vendor_does() => Assert.Equal(FormSignature, TwilioSignature.Compute(Token, FormUrl, s_form));

    [Theory]
    [InlineData("wss://example.com/media", "7PR3qMkpDyEJtMrVOY/LDyNq8J8=")]
    [InlineData("wss://example.com/media/", "T+WBXwUXC0/CyoZ1DA+p9ilZORs=")]
    [InlineData("https://example.com/media", "6HZQ7Cq/dSYDCAiy3qRA6PZfACI=")]
    [InlineData(BodyUrl, BodySignature)]
    public void Signs_an_address_as_the_vendor_does(string url, string signature) => Assert.Equal(signature, TwilioSignature.Compute(Token, url));

    [Fact]
    [Trait("door", "signature, form")]
    public void Accepts_the_form_that_was_signed_in_any_order_and_refuses_every_change()
    {
        Assert.True(s_validator.IsValid([FormSignature], FormUrl, s_form));
        Assert.True(s_validator.IsValid([FormSignature], FormUrl, s_form.Reverse()));
        Assert.True(s_validator.IsValid([FormSignature], "https://example.com:443/myapp.php?foo=1&bar=2", s_form));
        Assert.True(s_validator.IsValid([FormSignature], FormUrl + "#rc=2", s_form));
        Assert.True(s_validator.IsValid([FormSignature], "https://user:pass@example.com/myapp.php?foo=1&bar=2", s_form));

        Assert.False(s_validator.IsValid([FormSignature], FormUrl, s_form.Skip(1)));
        Assert.False(s_validator.IsValid([FormSignature], FormUrl, s_form.Append(new("Extra", ""))));
        Assert.False(s_validator.IsValid([FormSignature], "https://example.com/myapp.php?bar=2&foo=1", s_form));
        Assert.False(s_validator.IsValid([FormSignature], "http://example.com/myapp.php?foo=1&bar=2", s_form));
        Assert.False(s_validator.IsValid([FormSignature.ToLowerInvariant()], FormUrl, s_form));
        Assert.False(new TwilioSignatureValidator("12346").IsValid([FormSignature], FormUrl, s_form));
    }

    [Fact]
    public void Takes_a_repeated_field_once_per_value_in_order()
    {
        KeyValuePair<string, string>[] once = [new("a", "1"), new("a", "2")];
        KeyValuePair<string, string>[] twice = [new("a", "2"), new("a", "1"), new("a", "2")];
        Assert.Equal(TwilioSignature.Compute(Token, "https://h/p" + "a1a2"), TwilioSignature.Compute(Token, "https://h/p", once));
        Assert.Equal(TwilioSignature.Compute(Token, "https://h/p", once), TwilioSignature.Compute(Token, "https://h/p", twice));
    }

    [Fact]
    public void Sorts_names_by_code_unit_not_by_culture()
    {
        KeyValuePair<string, string>[] form = [new("a", "1"), new("B", "2"), new("_", "3")];
        Assert.Equal(TwilioSignature.Compute(Token, "https://h/pB2_3a1"), TwilioSignature.Compute(Token, "https://h/p", form));
    }

    [Fact]
    [Trait("door", "signature, other bodies")]
    public void Accepts_a_body_only_when_its_hash_is_the_signed_one()
    {
        byte[] body = Encoding.UTF8.GetBytes(Body);
        Assert.Equal("5ccde7145dfb8f56479710896586cb9d5911809d83afbe34627818790db0aec9", TwilioSignature.HashBody(body));
        Assert.True(s_validator.IsValidBody([BodySignature], BodyUrl, body));

        byte[] changed = [.. body];
        changed[^2] ^= 1;
        Assert.False(s_validator.IsValidBody([BodySignature], BodyUrl, changed));
        Assert.False(s_validator.IsValidBody([TwilioSignature.Compute(Token, "https://example.com/myapp")], "https://example.com/myapp", body));

        string doubled = BodyUrl + "&bodySHA256=" + TwilioSignature.HashBody(changed);
        Assert.False(s_validator.IsValidBody([TwilioSignature.Compute(Token, doubled)], doubled, changed));
    }

    [Theory]
    [InlineData("wss://example.com/media", "7PR3qMkpDyEJtMrVOY/LDyNq8J8=", true)]
    [InlineData("wss://example.com/media/", "7PR3qMkpDyEJtMrVOY/LDyNq8J8=", true)]
    [InlineData("wss://example.com/media", "T+WBXwUXC0/CyoZ1DA+p9ilZORs=", true)]
    [InlineData("wss://example.com:443/media", "7PR3qMkpDyEJtMrVOY/LDyNq8J8=", true)]
    [InlineData("https://example.com/media", "7PR3qMkpDyEJtMrVOY/LDyNq8J8=", true)]
    [InlineData("wss://example.com/media", "6HZQ7Cq/dSYDCAiy3qRA6PZfACI=", false)]
    [InlineData("wss://example.com:8443/media", "7PR3qMkpDyEJtMrVOY/LDyNq8J8=", true)]
    [InlineData("wss://example.org/media", "7PR3qMkpDyEJtMrVOY/LDyNq8J8=", false)]
    [Trait("door", "signature, upgrade")]
    public void Checks_an_upgrade_under_wss_with_and_without_port_and_slash(string url, string signature, bool valid) =>
        Assert.Equal(valid, s_validator.IsValidUpgrade([signature], url));

    [Fact]
    public void Accepts_an_upgrade_whose_signer_spelled_the_default_port_out()
    {
        string signature = TwilioSignature.Compute(Token, "wss://example.com:443/media");
        Assert.True(s_validator.IsValidUpgrade([signature], "wss://example.com/media"));
    }

    [Fact]
    [Trait("door", "token rotation")]
    public void Accepts_both_tokens_while_they_rotate()
    {
        TwilioSignatureValidator both = new("new-token", Token);
        Assert.True(both.IsValid([FormSignature], FormUrl, s_form));
        Assert.True(both.IsValid([TwilioSignature.Compute("new-token", FormUrl, s_form)], FormUrl, s_form));
        Assert.False(both.IsValid([TwilioSignature.Compute("old-token", FormUrl, s_form)], FormUrl, s_form));
    }

    [Fact]
    [Trait("door", "fail closed")]
    public void Fails_closed_on_a_missing_empty_repeated_or_overlong_header_and_on_an_empty_token()
    {
        Assert.False(s_validator.IsValid([], FormUrl, s_form));
        Assert.False(s_validator.IsValid([null], FormUrl, s_form));
        Assert.False(s_validator.IsValid([""], FormUrl, s_form));
        Assert.False(s_validator.IsValid([FormSignature, FormSignature], FormUrl, s_form));
        Assert.False(s_validator.IsValid([new string('A', 10_000)], FormUrl, s_form));
        Assert.False(s_validator.IsValid([FormSignature], "not a url", s_form));
        Assert.Throws<ArgumentException>(() => new TwilioSignatureValidator());
        Assert.Throws<ArgumentException>(() => new TwilioSignatureValidator(""));
    }
}
