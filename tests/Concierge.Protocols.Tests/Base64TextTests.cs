using System.Runtime.Intrinsics.X86;
using System.Text;
using Concierge.Protocols.Text;

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

    [Fact]
    public void Encodes_every_length_with_and_without_a_mask_and_nothing_beyond()
    {
        var random = new Random(13);
        byte[] buffer = new byte[800];
        for (int length = 0; length <= 500; length++)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            foreach (uint key in new[] { 0u, 0x1B27_A5C3u })
            {
                byte[] expected = Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));
                for (int i = 0; i < expected.Length; i++)
                {
                    expected[i] ^= (byte)(key >> (8 * (i & 3)));
                }

                random.NextBytes(buffer);
                byte[] before = [.. buffer];
                Assert.Equal(expected.Length, Base64Text.Encode(bytes, buffer.AsSpan(5), key));
                Assert.Equal(expected, buffer[5..(5 + expected.Length)]);
                Assert.Equal(before[..5], buffer[..5]);
                Assert.Equal(before[(5 + expected.Length)..], buffer[(5 + expected.Length)..]);
                if (length > 0)
                {
                    Assert.Throws<ArgumentException>(() => Base64Text.Encode(bytes, new byte[expected.Length - 1], key));
                }
            }
        }
    }

    [Fact]
    public void Decodes_into_what_the_bytes_need_and_nothing_beyond()
    {
        var random = new Random(14);
        byte[] buffer = new byte[600];
        for (int length = 0; length <= 500; length++)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            byte[] text = Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));
            random.NextBytes(buffer);
            byte[] before = [.. buffer];
            Assert.Equal(Base64TextError.None, Base64Text.Decode(text, hasEscapes: false, buffer.AsSpan(3), out int written));
            Assert.Equal(bytes, buffer[3..(3 + written)]);
            Assert.Equal(before[..3], buffer[..3]);
            Assert.Equal(before[(3 + written)..], buffer[(3 + written)..]);
            Assert.Equal(Base64TextError.None, Base64Text.Decode(text, hasEscapes: false, new byte[length], out _));
            if (length > 0)
            {
                Assert.Equal(Base64TextError.DestinationTooShort, Base64Text.Decode(text, hasEscapes: false, new byte[length - 1], out _));
            }
        }
    }

    [Fact]
    public void Decodes_and_refuses_as_the_platform_does_whatever_byte_stands_wherever()
    {
        byte[] destination = new byte[256], expected = new byte[256];
        foreach (int octets in new[] { 1, 47, 48, 49, 50, 51, 63, 64, 65, 95, 96, 97, 113, 160 })
        {
            byte[] bytes = new byte[octets];
            new Random(octets).NextBytes(bytes);
            byte[] text = Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));
            for (int at = 0; at < text.Length; at++)
            {
                byte kept = text[at];
                for (int value = 0; value < 256; value++)
                {
                    text[at] = (byte)value;
                    Base64TextError error = Base64Text.DecodeBlock(text, expected, isFinal: true, out int length);
                    Assert.Equal(error, Base64Text.Decode(text, hasEscapes: false, destination, out int written));
                    Assert.Equal(length, written);
                    Assert.True(expected.AsSpan(0, length).SequenceEqual(destination.AsSpan(0, length)), $"{octets} octets, byte {value} at {at}");
                }

                text[at] = kept;
            }
        }
    }

    [Fact]
    public void Checks_as_strictly_as_it_decodes_whatever_byte_stands_wherever()
    {
        byte[] destination = new byte[256];
        for (int octets = 0; octets <= 160; octets += octets < 100 ? 1 : 20)
        {
            byte[] bytes = new byte[octets];
            new Random(octets).NextBytes(bytes);
            byte[] text = Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));
            for (int at = 0; at < text.Length; at += octets < 30 || octets == 160 ? 1 : 5)
            {
                byte kept = text[at];
                for (int value = 0; value < 256; value += octets is 24 or 48 or 49 or 160 ? 1 : 3)
                {
                    text[at] = (byte)value;
                    bool decodes = Base64Text.Decode(text, hasEscapes: false, destination, out _) == Base64TextError.None;
                    Assert.True(decodes == Base64Text.IsValid(text), $"{octets} octets, byte {value} at {at}");
                }

                text[at] = kept;
                Assert.False(Base64Text.IsValid(text.AsSpan(0, at | 1)));
            }
        }
    }

    [Fact]
    public void Finds_the_end_of_a_string_and_checks_it_on_the_way_whatever_byte_stands_wherever()
    {
        foreach (int octets in new[] { 0, 1, 2, 47, 48, 49, 94, 95, 96, 97, 160 })
        {
            byte[] bytes = new byte[octets];
            new Random(octets).NextBytes(bytes);
            byte[] text = Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes) + "\"},\"streamSid\":\"MZ18ad3ab5a668481ce02b83e7395059f0\"}" + new string(' ', 30));
            int length = text.AsSpan().IndexOf((byte)'"');
            Assert.Equal(length, Base64Text.IndexOfSpecial(text, out bool usual));
            Assert.Equal(Avx512BW.IsSupported, usual);
            for (int at = 0; at <= length + 2; at++)
            {
                byte kept = text[at];
                for (int value = 0; value < 256; value++)
                {
                    text[at] = (byte)value;
                    foreach (int cut in new[] { 0, 64, 65 })
                    {
                        ReadOnlySpan<byte> rest = text.AsSpan(0, text.Length - cut);
                        int end = Base64Text.IndexOfSpecial(rest, out bool isBase64);
                        Assert.Equal(JsonText.IndexOfSpecial(rest), end);
                        if (isBase64)
                        {
                            Assert.True(end >= 0 && rest[end] == (byte)'"' && Base64Text.IsValid(rest[..end]), $"{octets} octets, byte {value} at {at}");
                        }
                        else if (Avx512BW.IsSupported && rest.Length >= 64 && end >= 0 && rest[end] == (byte)'"')
                        {
                            Assert.False(Base64Text.IsValid(rest[..end]), $"{octets} octets, byte {value} at {at}");
                        }
                    }
                }

                text[at] = kept;
            }
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
