using System.Text;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Tests.Fuzzing;

namespace Concierge.Protocols.Tests.MediaStreams;

/// <summary>The straight match of the usual layouts takes exactly those, and agrees with the complete parser on every input.</summary>
public sealed class MediaTemplateTests
{
    private const string Sid = "MZ18ad3ab5a668481ce02b83e7395059f0";
    private static readonly string s_payload = Convert.ToBase64String(Audio());

    private static readonly string s_sidLast =
        $$$"""{"event":"media","sequenceNumber":"4274","media":{"track":"inbound","chunk":"4273","timestamp":"85593","payload":"{{{s_payload}}}"},"streamSid":"{{{Sid}}}"}""";

    private static readonly string s_sidFirst =
        $$$"""{"event":"media","sequenceNumber":"4274","streamSid":"{{{Sid}}}","media":{"track":"inbound","chunk":"4273","timestamp":"85593","payload":"{{{s_payload}}}"}}""";

    [Fact]
    public void Takes_both_layouts_whole()
    {
        foreach (string text in new[] { s_sidLast, s_sidFirst })
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            Assert.True(MediaTemplate.TryMatch(utf8, out MediaStreamsEvent message), text);
            Assert.Equal((4274, 4273, 85593), (message.SequenceNumber, message.Chunk, message.TimestampMs));
            Assert.Equal(Sid, Encoding.UTF8.GetString(message.StreamSid));
            Assert.Equal(s_payload, Encoding.UTF8.GetString(message.Payload));
            MediaScannerTests.AssertAgrees(utf8);
        }
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("1", true)]
    [InlineData("0012", true)]
    [InlineData("1234567", true)]
    [InlineData("12345678", false)]
    [InlineData("9223372036854775807", false)]
    [InlineData("9223372036854775808", false)]
    [InlineData("", false)]
    [InlineData("-1", false)]
    [InlineData("1.5", false)]
    [InlineData("1 ", false)]
    public void Takes_numbers_of_up_to_seven_digits_and_leaves_the_rest_to_the_others(string number, bool taken)
    {
        foreach (string text in new[] { s_sidLast, s_sidFirst })
        {
            foreach (string old in new[] { "\"4274\"", "\"4273\"", "\"85593\"" })
            {
                byte[] utf8 = Encoding.UTF8.GetBytes(text.Replace(old, $"\"{number}\""));
                Assert.Equal(taken, MediaTemplate.TryMatch(utf8, out _));
                MediaScannerTests.AssertAgrees(utf8);
            }
        }
    }

    [Fact]
    public void Reads_numbers_of_every_length_beside_numbers_of_every_other()
    {
        for (int lengths = 0; lengths < 9 * 9 * 9; lengths++)
        {
            string first = "123456789"[..(lengths % 9)], second = "987654321"[..(lengths / 9 % 9)], third = "192837465"[..(lengths / 81)];
            foreach (string text in new[] { s_sidLast, s_sidFirst })
            {
                byte[] utf8 = Encoding.UTF8.GetBytes(text.Replace("\"4274\"", $"\"{first}\"").Replace("\"4273\"", $"\"{second}\"").Replace("\"85593\"", $"\"{third}\""));
                bool usual = first.Length is > 0 and < 8 && second.Length is > 0 and < 8 && third.Length is > 0 and < 8;
                Assert.Equal(usual, MediaTemplate.TryMatch(utf8, out _));
                MediaScannerTests.AssertAgrees(utf8);
            }
        }
    }

    [Fact]
    public void Agrees_for_ids_and_payloads_of_every_length()
    {
        for (int length = 0; length < 200; length++)
        {
            string id = new('M', length), payload = new('A', length);
            foreach (string text in new[] { s_sidLast, s_sidFirst })
            {
                byte[] utf8 = Encoding.UTF8.GetBytes(text.Replace(Sid, id).Replace(s_payload, payload));
                Assert.True(MediaTemplate.TryMatch(utf8, out MediaStreamsEvent message));
                Assert.Equal((length, length), (message.StreamSid.Length, message.Payload.Length));
                MediaScannerTests.AssertAgrees(utf8);
            }
        }
    }

    [Fact]
    public void Agrees_where_the_last_block_begins_at_any_place_and_a_byte_is_none_of_the_payloads()
    {
        for (int length = 0; length < 72; length++)
        {
            // The id's length moves the end of the payload through the last block; another payload moves it through the one before.
            string text = s_sidLast.Replace(Sid, new string('M', length)).Replace(s_payload, s_payload[..(216 - (4 * (length % 17)))]);
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            MediaScannerTests.AssertAgrees(utf8);
            for (int i = 100; i < utf8.Length; i++)
            {
                foreach (byte value in "=\"\\-A"u8)
                {
                    byte[] spoilt = [.. utf8];
                    spoilt[i] = value;
                    MediaScannerTests.AssertAgrees(spoilt);
                }
            }
        }
    }

    [Fact]
    public void Agrees_when_cut_at_every_byte_and_when_more_follows()
    {
        foreach (string text in new[] { s_sidLast, s_sidFirst })
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            for (int length = 0; length < utf8.Length; length++)
            {
                Assert.False(MediaTemplate.TryMatch(utf8.AsSpan(0, length), out _));
                MediaScannerTests.AssertAgrees(utf8[..length]);
            }

            foreach (string more in new[] { " ", "}", ",", "\"", "{}", "\0" })
            {
                MediaScannerTests.AssertAgrees([.. utf8, .. Encoding.UTF8.GetBytes(more)]);
            }
        }
    }

    [Fact]
    public void Agrees_when_any_one_byte_is_any_other()
    {
        byte[] values = [0, 9, 10, 31, 32, (byte)'!', (byte)'"', (byte)'\\', (byte)',', (byte)':', (byte)'{', (byte)'}', (byte)'/', (byte)'0', (byte)'9', (byte)'A', 127, 0x80, 0xC3, 255];
        foreach (string text in new[] { s_sidLast, s_sidFirst })
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            for (int i = 0; i < utf8.Length; i++)
            {
                foreach (byte value in values)
                {
                    byte[] spoilt = [.. utf8];
                    spoilt[i] = value;
                    MediaScannerTests.AssertAgrees(spoilt);
                }
            }
        }
    }

    [Theory]
    [InlineData(401)]
    [InlineData(402)]
    public void Agrees_on_mutations(int seed)
    {
        var mutator = new JsonMutator(seed);
        int taken = 0;
        for (int i = 0; i < 6_000; i++)
        {
            byte[] text = mutator.Mutate(Encoding.UTF8.GetBytes((i & 1) == 0 ? s_sidLast : s_sidFirst));
            MediaScannerTests.AssertAgrees(text);
            taken += MediaTemplate.TryMatch(text, out _) ? 1 : 0;
        }

        Assert.InRange(taken, 1, 5_999);
    }

    private static byte[] Audio()
    {
        byte[] audio = new byte[160];
        new Random(11).NextBytes(audio);
        return audio;
    }
}
