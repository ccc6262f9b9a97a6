using System.Text;
using Concierge.Protocols.Realtime;
using Concierge.Protocols.Tests.Fuzzing;

namespace Concierge.Protocols.Tests.Realtime;

/// <summary>The fast scanner and the complete parser agree on every input.</summary>
public sealed class AudioDeltaScannerTests
{
    private const string Usual =
        """{"type":"response.output_audio.delta","event_id":"event_1","response_id":"resp_1","item_id":"item_1","output_index":0,"content_index":12,"delta":"f3///n5+/w=="}""";

    private static readonly string[] s_messages =
    [
        Usual,
        """{"event_id":"event_1","type":"response.output_audio.delta","response_id":"resp_1","item_id":"item_1","output_index":10,"content_index":0,"delta":"","obfuscation":"x","n":{"delta":[1]}}""",
        """{"type":"input_audio_buffer.speech_started","event_id":"e","audio_start_ms":1234,"item_id":"i"}""",
        """{"type":"conversation.item.truncated","event_id":"e","item_id":"i","content_index":0,"audio_end_ms":77}""",
        """{"type":"response.output_audio_transcript.delta","event_id":"e","response_id":"r","item_id":"i","output_index":0,"content_index":0,"delta":"Zo\u00eb said \"hi\""}""",
        """{"type":"response.done","event_id":"e","response":{"id":"r","status":"failed","status_details":{"type":"failed","error":{"type":"server_error","code":"c"}},"output":[{"id":"i","type":"message","content":[{"type":"output_audio","transcript":"t"}]}],"usage":{"total_tokens":1,"input_token_details":{"cached_tokens":0}}}}""",
        """{"type":"session.updated","event_id":"e","session":{"id":"s","type":"realtime","expires_at":1760000000,"audio":{"input":{"format":{"type":"audio/pcm","rate":24000},"turn_detection":null},"output":{"format":{"type":"audio/pcmu"},"voice":{"id":"voice_1"}}},"tools":[{"type":"function","name":"f"}]}}""",
        """{"type":"error","event_id":"e","error":{"type":"invalid_request_error","code":null,"message":"m","param":null,"event_id":null}}""",
        """{"type":"response.function_call_arguments.done","event_id":"e","response_id":"r","item_id":"i","output_index":0,"call_id":"c","name":"f","arguments":"{\"a\":1}"}""",
        """{"type":"rate_limits.updated","event_id":"e","rate_limits":[{"name":"tokens","limit":1,"remaining":1,"reset_seconds":0.5}]}""",
    ];

    [Fact]
    public void Takes_the_delta_in_all_5040_key_orders_and_agrees()
    {
        foreach (string text in Orders.Objects(
            "\"type\":\"response.output_audio.delta\"", "\"event_id\":\"event_1\"", "\"response_id\":\"resp_1\"", "\"item_id\":\"item_1\"",
            "\"output_index\":0", "\"content_index\":12", "\"delta\":\"f3///n5+/w==\""))
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            Assert.True(AudioDeltaScanner.TryScan(utf8, out RealtimeServerEvent e), text);
            AssertUsual(e);
            AssertAgrees(utf8);
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Means_the_same_with_white_space_and_with_escapes_in_every_string(bool escapes, bool whiteSpace)
    {
        var mutator = new JsonMutator(1);
        byte[] audio = new byte[64];
        for (int i = 0; i < 2000; i++)
        {
            byte[] text = mutator.Disguise(Usual, escapes, whiteSpace);
            AssertAgrees(text);
            Assert.Equal(RealtimeError.None, RealtimeServerEventParser.Parse(text, out RealtimeServerEvent e));
            AssertUsual(e);
            Assert.Equal(Base64TextError.None, Base64Text.Decode(e.Delta, e.DeltaHasEscapes, audio, out int written));
            Assert.Equal(Convert.FromBase64String("f3///n5+/w=="), audio[..written]);
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
                RealtimeError expected = length == text.Length ? RealtimeError.None : RealtimeError.NotJson;
                Assert.Equal(expected, RealtimeServerEventParser.Parse(text.AsSpan(0, length), out _));
            }
        }
    }

    [Fact]
    public void Agrees_when_any_one_byte_is_any_other()
    {
        byte[] text = Encoding.UTF8.GetBytes(Usual);
        byte[] interesting = [0, 8, 9, 10, 31, 32, (byte)'"', (byte)'\\', (byte)',', (byte)':', (byte)'{', (byte)'}', (byte)'-', (byte)'.', (byte)'0', (byte)'9', (byte)'e', 127, 128, 255];
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
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(203)]
    public void Agrees_on_mutations_and_never_throws(int seed)
    {
        var mutator = new JsonMutator(seed);
        int accepted = 0;
        for (int i = 0; i < 12_000; i++)
        {
            // Two thirds of the effort goes to the two forms of the hot event.
            byte[] text = mutator.Mutate(Encoding.UTF8.GetBytes(s_messages[i % 3 < 2 ? i % 2 : i / 3 % s_messages.Length]));
            AssertAgrees(text);
            accepted += RealtimeServerEventParser.Parse(text, out _) == RealtimeError.None ? 1 : 0;
        }

        Assert.InRange(accepted, 1_000, 11_000);
    }

    [Fact]
    public void Reads_nested_parts_of_mutations_without_ever_throwing()
    {
        var mutator = new JsonMutator(301);
        for (int i = 0; i < 3_000; i++)
        {
            byte[] text = mutator.Mutate(Encoding.UTF8.GetBytes(s_messages[i % s_messages.Length]));
            RealtimeError error = RealtimeServerEventParser.Parse(text, out _);
            RealtimeError[] read =
            [
                RealtimeServerEvents.ReadSession(text, out RealtimeSessionInfo? session),
                RealtimeServerEvents.ReadResponse(text, out RealtimeResponseInfo? response),
                RealtimeServerEvents.ReadItem(text, out _),
                RealtimeServerEvents.ReadError(text, out _),
                RealtimeServerEvents.ReadText(text, out _),
                RealtimeServerEvents.ReadFunctionCallArguments(text, out _),
                RealtimeServerEvents.ReadRateLimits(text, out _),
            ];
            Assert.Equal(read[0] == RealtimeError.None, session is not null);
            Assert.Equal(read[1] == RealtimeError.None, response is not null);
            if (error == RealtimeError.NotJson)
            {
                Assert.DoesNotContain(RealtimeError.None, read);
            }
        }
    }

    [Fact]
    public void Takes_a_delta_of_15_MiB()
    {
        byte[] text = Encoding.UTF8.GetBytes(Usual.Replace("f3///n5+/w==", new string('/', 15 * 1024 * 1024)));
        Assert.True(AudioDeltaScanner.TryScan(text, out _));
        AssertAgrees(text);

        byte[] escaped = Encoding.UTF8.GetBytes(Usual.Replace("f3///n5+/w==", string.Concat(Enumerable.Repeat("\\/AAA", 15 * 1024 * 1024 / 5))));
        Assert.Equal(RealtimeError.None, RealtimeServerEventParser.Parse(escaped, out RealtimeServerEvent e));
        Assert.True(e.DeltaHasEscapes);
        byte[] audio = new byte[Base64Text.MaximumDecodedLength(e.Delta.Length)];
        Assert.Equal(Base64TextError.None, Base64Text.Decode(e.Delta, e.DeltaHasEscapes, audio, out int written));
        Assert.Equal(15 * 1024 * 1024 / 5 * 3, written);
    }

    [Fact]
    public void Takes_ids_of_any_length_and_counts_depth()
    {
        string longId = new('i', 100_000);
        byte[] text = Encoding.UTF8.GetBytes(Usual.Replace("item_1", longId));
        AssertAgrees(text);
        Assert.Equal(RealtimeError.None, RealtimeServerEventParser.Parse(text, out RealtimeServerEvent e));
        Assert.Equal(100_000, e.ItemId.Length);

        Assert.Equal(RealtimeError.None, RealtimeServerEventParser.Parse(Nested(63), out _));
        Assert.Equal(RealtimeError.TooDeep, RealtimeServerEventParser.Parse(Nested(64), out _));
        Assert.Equal(RealtimeError.TooDeep, RealtimeServerEventParser.Parse(Nested(1_000_000), out _));

        static byte[] Nested(int inner) => Encoding.UTF8.GetBytes("{\"type\":\"error\",\"x\":" + new string('[', inner) + new string(']', inner) + "}");
    }

    private static void AssertUsual(RealtimeServerEvent e)
    {
        Assert.Equal(RealtimeServerEventType.ResponseOutputAudioDelta, e.Type);
        Assert.True(e.EventId.SequenceEqual("event_1"u8));
        Assert.True(e.ResponseId.SequenceEqual("resp_1"u8));
        Assert.True(e.ItemId.SequenceEqual("item_1"u8));
        Assert.Equal((0, 12), (e.OutputIndex, e.ContentIndex));
    }

    internal static void AssertAgrees(byte[] text)
    {
        RealtimeError slowError = RealtimeServerEventParser.ParseSlow(text, out RealtimeServerEvent slow);
        RealtimeError error = RealtimeServerEventParser.Parse(text, out RealtimeServerEvent parsed);
        Assert.Equal(slowError, error);
        if (AudioDeltaTemplate.TryMatch(text, out RealtimeServerEvent matched))
        {
            Assert.Equal(RealtimeError.None, slowError);
            AssertSame(slow, matched);
        }

        if (AudioDeltaScanner.TryScan(text, out RealtimeServerEvent fast))
        {
            Assert.Equal(RealtimeError.None, slowError);
            AssertSame(slow, fast);
        }

        if (error == RealtimeError.None)
        {
            AssertSame(slow, parsed);
        }
    }

    private static void AssertSame(RealtimeServerEvent expected, RealtimeServerEvent actual)
    {
        Assert.Equal(expected.Type, actual.Type);
        Assert.Equal(
            (expected.OutputIndex, expected.ContentIndex, expected.AudioStartMs, expected.AudioEndMs, expected.DeltaHasEscapes),
            (actual.OutputIndex, actual.ContentIndex, actual.AudioStartMs, actual.AudioEndMs, actual.DeltaHasEscapes));
        Assert.True(expected.EventId.SequenceEqual(actual.EventId));
        Assert.True(expected.ResponseId.SequenceEqual(actual.ResponseId));
        Assert.True(expected.ItemId.SequenceEqual(actual.ItemId));
        Assert.True(expected.CallId.SequenceEqual(actual.CallId));
        Assert.True(expected.Delta.SequenceEqual(actual.Delta));
        Assert.True(!actual.DeltaIsBase64 || (!expected.DeltaHasEscapes && Base64Text.IsValid(expected.Delta)));
    }
}
