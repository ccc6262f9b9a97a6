using System.Text;
using Concierge.Protocols.Realtime;
using Concierge.Protocols.Tests.Fuzzing;

namespace Concierge.Protocols.Tests.Realtime;

/// <summary>The straight match of the usual layouts takes exactly those, and agrees with the complete parser on every input.</summary>
public sealed class AudioDeltaTemplateTests
{
    private static readonly string s_delta = Convert.ToBase64String(Audio());

    private static readonly string s_typeFirst =
        "{\"type\":\"response.output_audio.delta\",\"event_id\":\"event_CVPhRzcWRJuOY1PBGCYrp\",\"response_id\":\"resp_CVPhQ7RYQF3Ctmsf3oGNb\",\"item_id\":\"item_CVPhQqeJKRJpGuEFnqYcD\","
        + $"\"output_index\":0,\"content_index\":7,\"delta\":\"{s_delta}\"}}";

    private static readonly string s_eventFirst =
        "{\"event_id\":\"event_CVPhRzcWRJuOY1PBGCYrp\",\"type\":\"response.output_audio.delta\",\"response_id\":\"resp_CVPhQ7RYQF3Ctmsf3oGNb\",\"item_id\":\"item_CVPhQqeJKRJpGuEFnqYcD\","
        + $"\"output_index\":0,\"content_index\":7,\"delta\":\"{s_delta}\"}}";

    [Fact]
    public void Takes_both_layouts_whole()
    {
        foreach (string text in new[] { s_typeFirst, s_eventFirst })
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            Assert.True(AudioDeltaTemplate.TryMatch(utf8, out RealtimeServerEvent e), text);
            Assert.Equal((0, 7), (e.OutputIndex, e.ContentIndex));
            Assert.Equal("event_CVPhRzcWRJuOY1PBGCYrp", Encoding.UTF8.GetString(e.EventId));
            Assert.Equal("resp_CVPhQ7RYQF3Ctmsf3oGNb", Encoding.UTF8.GetString(e.ResponseId));
            Assert.Equal("item_CVPhQqeJKRJpGuEFnqYcD", Encoding.UTF8.GetString(e.ItemId));
            Assert.Equal(s_delta, Encoding.UTF8.GetString(e.Delta));
            AudioDeltaScannerTests.AssertAgrees(utf8);
        }
    }

    [Theory]
    [InlineData("9", true)]
    [InlineData("10", false)]
    [InlineData("00", false)]
    [InlineData("\"0\"", false)]
    [InlineData("0.0", false)]
    [InlineData("0e0", false)]
    [InlineData("-0", false)]
    [InlineData("", false)]
    [InlineData(" 0", false)]
    [InlineData("null", false)]
    public void Takes_indices_of_one_digit_and_leaves_the_rest_to_the_others(string index, bool taken)
    {
        foreach (string text in new[] { s_typeFirst, s_eventFirst })
        {
            foreach (string key in new[] { "\"output_index\":", "\"content_index\":" })
            {
                byte[] utf8 = Encoding.UTF8.GetBytes(text.Replace(key + "0", key + index).Replace(key + "7", key + index));
                Assert.Equal(taken, AudioDeltaTemplate.TryMatch(utf8, out _));
                AudioDeltaScannerTests.AssertAgrees(utf8);
            }
        }
    }

    [Fact]
    public void Agrees_for_ids_and_deltas_of_every_length()
    {
        for (int length = 0; length < 200; length++)
        {
            foreach (string text in new[] { s_typeFirst, s_eventFirst })
            {
                byte[] utf8 = Encoding.UTF8.GetBytes(text.Replace("resp_CVPhQ7RYQF3Ctmsf3oGNb", new string('r', length)).Replace(s_delta, new string('A', length)));
                Assert.True(AudioDeltaTemplate.TryMatch(utf8, out RealtimeServerEvent e));
                Assert.Equal((length, length), (e.ResponseId.Length, e.Delta.Length));
                AudioDeltaScannerTests.AssertAgrees(utf8);
            }
        }
    }

    [Fact]
    public void Agrees_for_ids_of_every_length_beside_a_delta_of_several_blocks()
    {
        foreach (string id in new[] { "event_CVPhRzcWRJuOY1PBGCYrp", "resp_CVPhQ7RYQF3Ctmsf3oGNb", "item_CVPhQqeJKRJpGuEFnqYcD" })
        {
            for (int length = 0; length < 140; length++)
            {
                foreach (string name in new[] { new string('r', length), new string('r', length) + "\\n", new string('r', length) + "é", new string('r', length) + "! " })
                {
                    byte[] utf8 = Encoding.UTF8.GetBytes(s_typeFirst.Replace(id, name));
                    Assert.True(AudioDeltaTemplate.TryMatch(utf8, out _) || name.Contains('\\'));
                    AudioDeltaScannerTests.AssertAgrees(utf8);
                }
            }
        }
    }

    [Fact]
    public void Agrees_when_an_id_of_any_length_beside_others_of_any_length_has_a_byte_that_ends_it()
    {
        string rest = s_typeFirst[s_typeFirst.IndexOf(",\"output_index", StringComparison.Ordinal)..];
        foreach (int first in (int[])[0, 1, 4, 8, 12, 13, 20, 27, 40, 60])
        {
            foreach (int last in (int[])[0, 1, 3, 4, 10, 26, 50, 90])
            {
                for (int length = 1; length < 80; length += first < 13 || last < 5 ? 1 : 7)
                {
                    string start = $"{{\"type\":\"response.output_audio.delta\",\"event_id\":\"{new string('e', first)}\",\"response_id\":\"";
                    byte[] utf8 = Encoding.UTF8.GetBytes($"{start}{new string('r', length)}\",\"item_id\":\"{new string('i', last)}\"{rest}");
                    AudioDeltaScannerTests.AssertAgrees(utf8);
                    for (int at = 0; at < length; at++)
                    {
                        utf8[start.Length + at] = (byte)'"';
                        AudioDeltaScannerTests.AssertAgrees(utf8);
                        utf8[start.Length + at] = (byte)'r';
                    }
                }
            }
        }
    }

    [Fact]
    public void Agrees_for_deltas_that_are_not_base64()
    {
        for (int length = 180; length < 340; length++)
        {
            foreach (string end in new[] { "", "=", "==", "===", "B=", "-", "\\/", "é" })
            {
                byte[] utf8 = Encoding.UTF8.GetBytes(s_typeFirst.Replace(s_delta, new string('A', length) + end));
                AudioDeltaScannerTests.AssertAgrees(utf8);
            }
        }
    }

    [Fact]
    public void Agrees_when_cut_at_every_byte_and_when_more_follows()
    {
        foreach (string text in new[] { s_typeFirst, s_eventFirst })
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            for (int length = 0; length < utf8.Length; length++)
            {
                Assert.False(AudioDeltaTemplate.TryMatch(utf8.AsSpan(0, length), out _));
                AudioDeltaScannerTests.AssertAgrees(utf8[..length]);
            }

            foreach (string more in new[] { " ", "}", ",", "\"", "{}", "\0" })
            {
                AudioDeltaScannerTests.AssertAgrees([.. utf8, .. Encoding.UTF8.GetBytes(more)]);
            }
        }
    }

    [Fact]
    public void Agrees_when_any_one_byte_is_any_other()
    {
        byte[] values = [0, 9, 10, 31, 32, (byte)'!', (byte)'"', (byte)'\\', (byte)',', (byte)':', (byte)'{', (byte)'}', (byte)'/', (byte)'0', (byte)'9', (byte)'A', 127, 0x80, 0xC3, 255];
        foreach (string text in new[] { s_typeFirst, s_eventFirst })
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            for (int i = 0; i < utf8.Length; i++)
            {
                foreach (byte value in values)
                {
                    byte[] spoilt = [.. utf8];
                    spoilt[i] = value;
                    AudioDeltaScannerTests.AssertAgrees(spoilt);
                }
            }
        }
    }

    [Theory]
    [InlineData(411)]
    [InlineData(412)]
    public void Agrees_on_mutations(int seed)
    {
        var mutator = new JsonMutator(seed);
        int taken = 0;
        for (int i = 0; i < 6_000; i++)
        {
            byte[] text = mutator.Mutate(Encoding.UTF8.GetBytes((i & 1) == 0 ? s_typeFirst : s_eventFirst));
            AudioDeltaScannerTests.AssertAgrees(text);
            taken += AudioDeltaTemplate.TryMatch(text, out _) ? 1 : 0;
        }

        Assert.InRange(taken, 1, 5_999);
    }

    private static byte[] Audio()
    {
        byte[] audio = new byte[240];
        new Random(12).NextBytes(audio);
        return audio;
    }
}
