using System.Text;

namespace Concierge.Protocols.Tests;

public sealed class Base64TextTests
{
    [Fact]
    public void Decodes_every_length_with_and_without_escapes()
    {
        var random = new Random(11);
        byte[] destination = new byte[4096];
        for (int length = 0; length < 2500; length += length < 30 ? 1 : 7)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            string plain = Convert.ToBase64String(bytes);
            var escaped = new StringBuilder();
            foreach (char c in plain)
            {
                escaped.Append(c == '/' ? "\\/" : random.Next(9) == 0 ? $"\\u{(int)c:x4}" : c.ToString());
            }

            foreach ((string text, bool hasEscapes) in new[] { (plain, false), (plain, true), (escaped.ToString(), true) })
            {
                Assert.Equal(Base64TextError.None, Base64Text.Decode(Encoding.UTF8.GetBytes(text), hasEscapes, destination, out int written));
                Assert.Equal(bytes, destination[..written]);
                Assert.True(written <= Base64Text.MaximumDecodedLength(text.Length));
            }

            Assert.True(Base64Text.IsValid(Encoding.UTF8.GetBytes(plain)));
            Assert.Equal(length, Base64Text.DecodedLength(Encoding.UTF8.GetBytes(plain)));
        }
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AA")]
    [InlineData("AAA")]
    [InlineData("AA=")]
    [InlineData("A===")]
    [InlineData("====")]
    [InlineData("AA==AA==")]
    [InlineData("AAA=AAAA")]
    [InlineData("AA A")]
    [InlineData("AAAA    ")]
    [InlineData("    AA==")]
    [InlineData("AAAA\n\n\n\n")]
    [InlineData("AAA-")]
    [InlineData("AAA_")]
    [InlineData("AAé=")]
    [InlineData("AA\0A")]
    public void Refuses_what_is_not_strict_base64_and_writes_nothing(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        byte[] destination = new byte[64];
        Assert.Equal(Base64TextError.BadBase64, Base64Text.Decode(utf8, hasEscapes: false, destination, out int written));
        Assert.Equal(0, written);
        Assert.Equal(Base64TextError.BadBase64, Base64Text.Decode(utf8, hasEscapes: true, destination, out written));
        Assert.Equal(0, written);
        Assert.False(Base64Text.IsValid(utf8));
    }

    [Theory]
    [InlineData("""AAA\""")]
    [InlineData("""AAA\x""")]
    [InlineData("""AAA\u""")]
    [InlineData("""AAA\u00""")]
    [InlineData("""AAA\n""")]
    [InlineData("""AAA\u00e9""")]
    [InlineData("""AAA\ud800""")]
    [InlineData("""AAA\u+041""")]
    public void Refuses_escapes_that_stand_for_nothing_in_the_alphabet(string text)
    {
        Assert.Equal(Base64TextError.BadBase64, Base64Text.Decode(Encoding.UTF8.GetBytes(text), hasEscapes: true, new byte[64], out int written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void Says_when_the_destination_is_too_short()
    {
        Assert.Equal(Base64TextError.DestinationTooShort, Base64Text.Decode("AAAA"u8, hasEscapes: false, new byte[2], out int written));
        Assert.Equal(0, written);
        Assert.Equal(Base64TextError.DestinationTooShort, Base64Text.Decode("AAA\\u0041"u8, hasEscapes: true, new byte[2], out written));
        Assert.Equal(0, written);
        Assert.Equal(Base64TextError.None, Base64Text.Decode("AAA="u8, hasEscapes: false, new byte[2], out written));
        Assert.Equal(2, written);
    }
}
