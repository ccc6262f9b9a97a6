using Concierge.Protocols.Text;

namespace Concierge.Protocols.Tests;

public sealed class JsonTextTests
{
    [Fact]
    public void Finds_every_special_byte_at_every_place_of_every_length()
    {
        byte[] text = new byte[140];
        for (int length = 0; length <= 130; length++)
        {
            Span<byte> part = text.AsSpan(5, length);
            for (int at = 0; at < length; at++)
            {
                text.AsSpan().Fill((byte)'"');
                part.Fill((byte)'a');
                Assert.Equal(-1, JsonText.IndexOfSpecial(part));
                foreach (byte special in (ReadOnlySpan<byte>)[(byte)'"', (byte)'\\', 0, 9, 31])
                {
                    part[at] = special;
                    Assert.Equal(at, JsonText.IndexOfSpecial(part));
                }
            }
        }
    }

    [Fact]
    public void Tells_special_bytes_from_all_others()
    {
        byte[] text = new byte[64];
        for (int value = 0; value < 256; value++)
        {
            Array.Fill(text, (byte)'z');
            text[40] = (byte)value;
            bool special = value < 0x20 || value == '"' || value == '\\';
            Assert.Equal(special ? 40 : -1, JsonText.IndexOfSpecial(text));
            Assert.Equal(special, text.AsSpan().ContainsAny(JsonText.Special));
        }
    }

    [Fact]
    public void Reads_short_numbers_as_a_digit_by_digit_reader_would()
    {
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] text = new byte[random.Next(0, 12)];
            random.NextBytes(text);
            int digits = Math.Min(random.Next(0, 10), text.Length);
            for (int d = 0; d < digits; d++)
            {
                text[d] = (byte)('0' + random.Next(10));
            }

            int count = 0;
            long expected = 0;
            while (count < text.Length && text[count] is >= (byte)'0' and <= (byte)'9')
            {
                expected = (expected * 10) + (text[count++] - '0');
            }

            bool readable = text.Length >= 8 && count is >= 1 and <= 7;
            Assert.Equal(readable ? count : 0, JsonText.ReadShortNumber(text, out long value));
            Assert.Equal(readable ? expected : 0, value);
        }
    }

    [Fact]
    public void Unescapes_what_it_escaped()
    {
        var random = new Random(5);
        for (int i = 0; i < 500; i++)
        {
            byte[] text = new byte[random.Next(80)];
            random.NextBytes(text);
            byte[] escaped = new byte[JsonText.EscapedLength(text)];
            Assert.Equal(escaped.Length, JsonText.WriteEscaped(text, escaped));
            byte[] back = new byte[escaped.Length];
            Assert.True(JsonText.TryUnescape(escaped, back, out int written));
            Assert.Equal(text, back[..written]);
        }
    }
}
