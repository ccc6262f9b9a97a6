using System.Text;
using Concierge.Protocols.Realtime;

namespace Concierge.Protocols.Tests.Realtime;

public sealed class RealtimeServerEventParserTests
{
    [Theory]
    [InlineData("""{"type":"response.output_audio.delta","event_id":"event_1","response_id":"resp_1","item_id":"item_1","output_index":2,"content_index":3,"delta":"/////w=="}""")]
    [InlineData("""{"event_id":"event_1","type":"response.output_audio.delta","response_id":"resp_1","item_id":"item_1","output_index":2,"content_index":3,"delta":"/////w=="}""")]
    [InlineData("""{ "delta":"/////w==","content_index":"3","output_index":2,"item_id":"item\u005f1","response_id":"resp_1","event_id":"event_1","x":{"type":1},"type":"response.output_audio.d\u0065lta" }""")]
    public void Reads_an_audio_delta_in_any_key_order(string text)
    {
        RealtimeError error = RealtimeServerEventParser.Parse(Utf8(text), out RealtimeServerEvent e);

        Assert.Equal(RealtimeError.None, error);
        Assert.Equal(RealtimeServerEventType.ResponseOutputAudioDelta, e.Type);
        Assert.Equal("event_1", Text(e.EventId));
        Assert.Equal("resp_1", Text(e.ResponseId));
        Assert.Equal("item_1", Text(e.ItemId));
        Assert.Equal(2, e.OutputIndex);
        Assert.Equal(3, e.ContentIndex);
        Assert.Equal("/////w==", Text(e.Delta));
        Assert.False(e.DeltaHasEscapes);
    }

    [Fact]
    public void Reads_the_times_of_speech_and_truncation()
    {
        Assert.Equal(RealtimeError.None, RealtimeServerEventParser.Parse("""{"type":"input_audio_buffer.speech_started","event_id":"e","audio_start_ms":1234,"item_id":"i"}"""u8, out RealtimeServerEvent e));
        Assert.Equal(RealtimeServerEventType.InputAudioBufferSpeechStarted, e.Type);
        Assert.Equal(1234, e.AudioStartMs);
        Assert.Equal(-1, e.AudioEndMs);
        Assert.Equal("i", Text(e.ItemId));

        Assert.Equal(RealtimeError.None, RealtimeServerEventParser.Parse("""{"type":"conversation.item.truncated","item_id":"i","content_index":0,"audio_end_ms":77}"""u8, out e));
        Assert.Equal(RealtimeServerEventType.ConversationItemTruncated, e.Type);
        Assert.Equal(77, e.AudioEndMs);
    }

    [Fact]
    public void Knows_every_event_by_its_name()
    {
        foreach (RealtimeServerEventType type in Enum.GetValues<RealtimeServerEventType>())
        {
            string name = RealtimeServerEventTypes.Name(type);
            Assert.Equal(type, RealtimeServerEventTypes.Parse(Utf8(name)));
            Assert.Equal(RealtimeServerEventType.Unknown, RealtimeServerEventTypes.Parse(Utf8(name + "x")));
            Assert.Equal(RealtimeServerEventType.Unknown, RealtimeServerEventTypes.Parse(Utf8(name[..^1])));
            Assert.Equal(type.ToString().ToUpperInvariant(), name.Replace(".", "").Replace("_", "").ToUpperInvariant());
            Assert.True(name.Length <= RealtimeServerEventTypes.MaximumNameLength);
        }

        Assert.Equal(48, Enum.GetValues<RealtimeServerEventType>().Length);
        Assert.Equal("unknown", RealtimeServerEventTypes.Name((RealtimeServerEventType)200));
    }

    [Theory]
    [InlineData("", RealtimeError.NotJson)]
    [InlineData("[1]", RealtimeError.NotJson)]
    [InlineData("{}", RealtimeError.MissingField)]
    [InlineData("""{"type":3}""", RealtimeError.WrongType)]
    [InlineData("""{"type":"nobody.knows","item_id":3}""", RealtimeError.None)]
    [InlineData("""{"type":"response.audio.delta","delta":3}""", RealtimeError.None)]
    [InlineData("""{"type":"response.output_audio.delta","response_id":"r","item_id":"i"}""", RealtimeError.MissingField)]
    [InlineData("""{"type":"response.output_audio.delta","response_id":"r","delta":""}""", RealtimeError.MissingField)]
    [InlineData("""{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":""}""", RealtimeError.None)]
    [InlineData("""{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":7}""", RealtimeError.WrongType)]
    [InlineData("""{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":"","content_index":-1}""", RealtimeError.WrongType)]
    [InlineData("""{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":"","content_index":1e3}""", RealtimeError.WrongType)]
    [InlineData("""{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":"","content_index":2147483648}""", RealtimeError.OutOfRange)]
    [InlineData("""{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":"","delta":""}""", RealtimeError.DuplicateField)]
    [InlineData("""{"type":"response.output_audio.delta","response_id":"\udc00","item_id":"i","delta":""}""", RealtimeError.BadText)]
    [InlineData("""{"type":"error","item_id":null,"audio_end_ms":null}""", RealtimeError.None)]
    public void Names_what_is_wrong(string text, RealtimeError expected)
    {
        Assert.Equal(expected, RealtimeServerEventParser.Parse(Utf8(text), out _));
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
