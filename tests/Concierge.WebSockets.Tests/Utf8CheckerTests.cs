using System.Text;

namespace Concierge.WebSockets.Tests;

public sealed class Utf8CheckerTests
{
    [Theory]
    [InlineData("C3A9", 2)]
    [InlineData("E282AC", 3)]
    [InlineData("F09F98803141", 6)]
    [InlineData("C0AF", 1)]
    [InlineData("C1", 1)]
    [InlineData("F5", 1)]
    [InlineData("80", 1)]
    [InlineData("EDA080", 2)]
    [InlineData("F4908080", 2)]
    [InlineData("E08080", 2)]
    [InlineData("F0808080", 2)]
    [InlineData("41E28241", 4)]
    public void Fails_on_the_first_octet_that_nothing_could_make_right(string hex, int verdictAfter)
    {
        byte[] octets = Convert.FromHexString(hex);
        bool valid = IsValid(octets);
        Utf8Checker checker = default;
        for (int i = 0; i < octets.Length; i++)
        {
            bool fine = checker.Append(octets.AsSpan(i, 1));
            if (!valid && i + 1 == verdictAfter)
            {
                Assert.False(fine);
                return;
            }

            Assert.True(fine);
        }

        Assert.True(checker.IsComplete);
    }

    [Fact]
    public void Agrees_with_the_strict_decoder_on_texts_of_every_length_wherever_the_first_character_beyond_ASCII_stands()
    {
        foreach (string hex in (string[])["C3A9", "80", "EDA080"])
        {
            byte[] character = Convert.FromHexString(hex);
            for (int length = character.Length; length < 200; length++)
            {
                byte[] text = new byte[length];
                for (int at = 0; at <= length - character.Length; at++)
                {
                    text.AsSpan().Fill((byte)'x');
                    character.CopyTo(text, at);
                    Assert.Equal(hex == "C3A9", Utf8Checker.IsValid(text));
                }

                text.AsSpan().Fill(0x7F);
                Assert.True(Utf8Checker.IsValid(text));
            }
        }
    }

    [Fact]
    public void Agrees_with_the_strict_decoder_on_long_texts_wherever_the_first_character_beyond_ASCII_stands()
    {
        byte[] text = new byte[9_000];
        text.AsSpan().Fill((byte)'x');
        foreach (string hex in (string[])["C3A9", "E282AC", "80", "C3", "EDA080"])
        {
            byte[] character = Convert.FromHexString(hex);
            foreach (int at in (int[])[0, 63, 4_094, 4_095, 4_096, 8_191, 8_192, 9_000 - character.Length])
            {
                byte[] whole = [.. text];
                character.CopyTo(whole, at);
                Assert.Equal(IsValid(whole), Utf8Checker.IsValid(whole));
            }
        }

        Assert.True(Utf8Checker.IsValid(text));
        Assert.True(Utf8Checker.IsValid([]));
    }

    [Fact]
    public void Agrees_with_the_strict_decoder_on_random_octets_under_random_splits()
    {
        Random random = new(11);
        ReadOnlySpan<byte> likely = [0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xC1, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF];
        for (int round = 0; round < 60_000; round++)
        {
            byte[] data = new byte[random.Next(1, 12)];
            for (int i = 0; i < data.Length; i++)
            {
                data[i] = likely[random.Next(likely.Length)];
            }

            Utf8Checker checker = default;
            bool fine = true;
            for (int start = 0; start < data.Length && fine;)
            {
                int length = random.Next(1, data.Length - start + 1);
                fine = checker.Append(data.AsSpan(start, length));
                start += length;
            }

            Assert.Equal(IsValid(data), fine && checker.IsComplete);
        }
    }

    private static bool IsValid(byte[] octets)
    {
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(octets);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
