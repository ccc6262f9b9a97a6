using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Tests.Fuzzing;

namespace Concierge.Protocols.Tests.MediaStreams;

/// <summary>The fast scanner and the complete parser agree on every input, and the complete parser agrees with a DOM.</summary>
public sealed class MediaScannerTests
{
    private const string Payload = "f3///n5+fv7+/n5+/35+fv///v9+fv7/";

    private static readonly string[] s_messages =
    [
        """{"event":"media","sequenceNumber":"74","streamSid":"MZ18ad3ab5a668481ce02b83e7395059f0","media":{"track":"inbound","chunk":"73","timestamp":"1593","payload":"f3///n5+/w=="}}""",
        """{"event":"media","sequenceNumber":74,"media":{"track":"inbound","chunk":73,"timestamp":1593,"payload":""},"streamSid":"MZ1","new":[1,{"media":{"payload":2}}]}""",
        """{"event":"connected","protocol":"Call","version":"1.0.0"}""",
        """{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1","streamSid":"MZ1","callSid":"CA1","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"a":"b"}},"streamSid":"MZ1"}""",
        """{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"1"}}""",
        """{"event":"mark","sequenceNumber":"4","streamSid":"MZ1","mark":{"name":"1:2"}}""",
        """{"event":"stop","sequenceNumber":"9","streamSid":"MZ1","stop":{"accountSid":"AC1","callSid":"CA1"}}""",
    ];

    [Fact]
    public void Takes_media_in_all_576_key_orders_and_agrees()
    {
        foreach (string media in Orders.Objects("\"track\":\"inbound\"", "\"chunk\":\"73\"", "\"timestamp\":\"1593\"", $"\"payload\":\"{Payload}\""))
        {
            foreach (string text in Orders.Objects("\"event\":\"media\"", "\"sequenceNumber\":\"74\"", "\"streamSid\":\"MZ1\"", "\"media\":" + media))
            {
                byte[] utf8 = Encoding.UTF8.GetBytes(text);
                Assert.True(MediaScanner.TryScan(utf8, out _), text);
                AssertAgrees(utf8);
                Assert.Equal(MediaStreamsError.None, MediaStreamsParser.Parse(utf8, out MediaStreamsEvent message));
                AssertUsual(message);
            }
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Means_the_same_with_white_space_and_with_escapes_in_every_string(bool escapes, bool whiteSpace)
    {
        string usual = $$$"""{"event":"media","sequenceNumber":"74","streamSid":"MZ1","media":{"track":"inbound","chunk":"73","timestamp":"1593","payload":"{{{Payload}}}"}}""";
        var mutator = new JsonMutator(1);
        byte[] audio = new byte[64];
        for (int i = 0; i < 2000; i++)
        {
            byte[] text = mutator.Disguise(usual, escapes, whiteSpace);
            AssertAgrees(text);
            Assert.Equal(MediaStreamsError.None, MediaStreamsParser.Parse(text, out MediaStreamsEvent message));
            Assert.Equal(Base64TextError.None, Base64Text.Decode(message.Payload, message.PayloadHasEscapes, audio, out int written));
            Assert.Equal(Convert.FromBase64String(Payload), audio[..written]);
            Assert.Equal(message.PayloadHasEscapes, message.Payload.Contains((byte)'\\'));
            AssertUsual(message, comparePayload: false);
        }
    }

    [Fact]
    public void Agrees_when_cut_at_every_byte()
    {
        foreach (string message in s_messages)
        {
            byte[] text = Encoding.UTF8.GetBytes(message);
            for (int length = 0; length <= text.Length; length++)
            {
                AssertAgrees(text[..length]);
                if (length < text.Length)
                {
                    Assert.Equal(MediaStreamsError.NotJson, MediaStreamsParser.Parse(text.AsSpan(0, length), out _));
                    Assert.NotEqual(MediaStreamsError.None, MediaStreamsParser.ParseStart(text.AsSpan(0, length), out _));
                }
            }
        }
    }

    [Fact]
    public void Agrees_when_any_one_byte_is_any_other()
    {
        byte[] text = Encoding.UTF8.GetBytes("""{"event":"media","sequenceNumber":"7","streamSid":"MZ","media":{"track":"i","chunk":"7","timestamp":"9","payload":"AA=="}}""");
        byte[] interesting = [0, 8, 9, 10, 31, 32, (byte)'"', (byte)'\\', (byte)',', (byte)':', (byte)'{', (byte)'}', (byte)'0', (byte)'9', (byte)'a', 127, 128, 255];
        for (int i = 0; i < text.Length; i++)
        {
            foreach (byte value in interesting)
            {
                byte[] spoilt = [.. text];
                spoilt[i] = value;
                AssertAgrees(spoilt);
            }
        }
    }

    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    public void Agrees_on_mutations_and_never_throws(int seed)
    {
        var mutator = new JsonMutator(seed);
        int accepted = 0;
        for (int i = 0; i < 12_000; i++)
        {
            byte[] text = mutator.Mutate(Encoding.UTF8.GetBytes(s_messages[i % s_messages.Length]));
            AssertAgrees(text);
            accepted += MediaStreamsParser.Parse(text, out _) == MediaStreamsError.None ? 1 : 0;
            MediaStreamsParser.ParseStart(text, out _);
        }

        // Enough survive for the agreement to mean something.
        Assert.InRange(accepted, 1_000, 11_000);
    }

    [Theory]
    [InlineData("\"0\"", 0)]
    [InlineData("\"007\"", 7)]
    [InlineData("7", 7)]
    [InlineData("\"999999999999999999\"", 999_999_999_999_999_999)]
    [InlineData("\"9223372036854775807\"", long.MaxValue)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("\"0000000000000000000000000000042\"", 42)]
    [InlineData("null", -1)]
    public void Reads_numbers_as_strings_and_as_numbers(string number, long expected)
    {
        byte[] text = Encoding.UTF8.GetBytes($$$"""{"event":"media","sequenceNumber":{{{number}}},"streamSid":"MZ1","media":{"chunk":{{{number}}},"timestamp":{{{number}}},"payload":""}}""");

        AssertAgrees(text);
        Assert.Equal(MediaStreamsError.None, MediaStreamsParser.Parse(text, out MediaStreamsEvent message));
        Assert.Equal(expected, message.SequenceNumber);
        Assert.Equal(expected, message.Chunk);
        Assert.Equal(expected, message.TimestampMs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(212)]
    [InlineData(216)]
    [InlineData(87_384)]
    [InlineData(1_048_576)]
    public void Agrees_on_payloads_of_any_size(int characters)
    {
        string payload = new('/', characters);
        byte[] plain = Encoding.UTF8.GetBytes($$$"""{"event":"media","streamSid":"MZ1","media":{"payload":"{{{payload}}}"}}""");
        byte[] escaped = Encoding.UTF8.GetBytes($$$"""{"event":"media","streamSid":"MZ1","media":{"payload":"{{{payload.Replace("/", "\\/")}}}"}}""");

        Assert.True(MediaScanner.TryScan(plain, out _));
        AssertAgrees(plain);
        AssertAgrees(escaped);
        Assert.Equal(MediaStreamsError.None, MediaStreamsParser.Parse(plain, out MediaStreamsEvent message));
        Assert.Equal(characters, message.Payload.Length);
    }

    [Fact]
    public void Survives_a_megabyte_in_any_string()
    {
        string large = new('a', 1_048_576);
        foreach (string text in new[]
        {
            $$$"""{"event":"{{{large}}}"}""",
            $$$"""{"{{{large}}}":1,"event":"connected"}""",
            $$$"""{"event":"mark","streamSid":"{{{large}}}","mark":{"name":"{{{large}}}"}}""",
            $$$"""{"event":"media","streamSid":"MZ1","sequenceNumber":"{{{large}}}","media":{"payload":""}}""",
            $$$"""{"event":"media","streamSid":"MZ1","sequenceNumber":"{{{new string('9', 1_048_576)}}}","media":{"payload":""}}""",
        })
        {
            AssertAgrees(Encoding.UTF8.GetBytes(text));
        }
    }

    [Fact]
    public void Agrees_with_a_DOM_on_mutations_that_are_json()
    {
        var mutator = new JsonMutator(7);
        int compared = 0;
        for (int i = 0; i < 8_000; i++)
        {
            byte[] text = mutator.Mutate(Encoding.UTF8.GetBytes(s_messages[i % 2]));
            if (!Utf8.IsValid(text) || text.AsSpan().IndexOf("\\ud8"u8) >= 0)
            {
                // Half a surrogate pair, even in an unknown key, is more than the DOM's look-ups bear.
                continue;
            }

            MediaStreamsError error = MediaStreamsParser.Parse(text, out MediaStreamsEvent message);
            if (!TryParseDom(text, out JsonDocument? document))
            {
                // Another error may be met before the grammar breaks.
                Assert.NotEqual(MediaStreamsError.None, error);
                continue;
            }

            using (document)
            {
                if (document!.RootElement.ValueKind != JsonValueKind.Object)
                {
                    Assert.Equal(MediaStreamsError.NotJson, error);
                }
                else if (error == MediaStreamsError.None && message.Type == MediaStreamsEventType.Media)
                {
                    JsonElement media = document.RootElement.GetProperty("media");
                    Assert.True(document.RootElement.GetProperty("event").ValueEquals("media"));
                    Assert.True(document.RootElement.GetProperty("streamSid").ValueEquals(message.StreamSid));
                    Assert.Equal(Encoding.UTF8.GetString(message.Payload), media.GetProperty("payload").GetRawText()[1..^1]);
                    Assert.Equal(message.Chunk, DomNumber(media, "chunk"));
                    Assert.Equal(message.SequenceNumber, DomNumber(document.RootElement, "sequenceNumber"));
                    compared++;
                }
            }
        }

        Assert.InRange(compared, 500, 8_000);
    }

    private static bool TryParseDom(byte[] text, out JsonDocument? document)
    {
        try
        {
            document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            document = null;
            return false;
        }
    }

    private static long DomNumber(JsonElement element, string name) =>
        !element.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? -1
            : value.ValueKind == JsonValueKind.String ? long.Parse(value.GetString()!) : value.GetInt64();

    private static void AssertUsual(MediaStreamsEvent message, bool comparePayload = true)
    {
        Assert.Equal(MediaStreamsEventType.Media, message.Type);
        Assert.True(message.StreamSid.SequenceEqual("MZ1"u8));
        Assert.True(message.Track.SequenceEqual("inbound"u8));
        Assert.Equal((74, 73, 1593), (message.SequenceNumber, message.Chunk, message.TimestampMs));
        Assert.True(!comparePayload || message.Payload.SequenceEqual(Encoding.UTF8.GetBytes(Payload)));
    }

    internal static void AssertAgrees(byte[] text)
    {
        MediaStreamsError slowError = MediaStreamsParser.ParseSlow(text, out MediaStreamsEvent slow);
        MediaStreamsError error = MediaStreamsParser.Parse(text, out MediaStreamsEvent parsed);
        Assert.Equal(slowError, error);
        if (MediaTemplate.TryMatch(text, out MediaStreamsEvent matched))
        {
            Assert.Equal(MediaStreamsError.None, slowError);
            AssertSame(slow, matched);
        }

        if (MediaScanner.TryScan(text, out MediaStreamsEvent fast))
        {
            Assert.Equal(MediaStreamsError.None, slowError);
            AssertSame(slow, fast);
        }

        if (error == MediaStreamsError.None)
        {
            AssertSame(slow, parsed);
        }
    }

    private static void AssertSame(MediaStreamsEvent expected, MediaStreamsEvent actual)
    {
        Assert.Equal(expected.Type, actual.Type);
        Assert.Equal(
            (expected.SequenceNumber, expected.Chunk, expected.TimestampMs, expected.PayloadHasEscapes, expected.Digit),
            (actual.SequenceNumber, actual.Chunk, actual.TimestampMs, actual.PayloadHasEscapes, actual.Digit));
        Assert.True(expected.StreamSid.SequenceEqual(actual.StreamSid));
        Assert.True(expected.Payload.SequenceEqual(actual.Payload));
        Assert.True(!actual.PayloadIsBase64 || (!expected.PayloadHasEscapes && Base64Text.IsValid(expected.Payload)));
        Assert.True(expected.Track.SequenceEqual(actual.Track));
        Assert.True(expected.MarkName.SequenceEqual(actual.MarkName));
    }
}
