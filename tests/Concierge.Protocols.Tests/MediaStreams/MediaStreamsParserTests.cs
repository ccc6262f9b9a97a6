using System.Text;
using Concierge.Protocols.MediaStreams;

namespace Concierge.Protocols.Tests.MediaStreams;

public sealed class MediaStreamsParserTests
{
    [Fact]
    public void Reads_media_with_the_numbers_as_strings()
    {
        byte[] text = Utf8("""{"event":"media","sequenceNumber":"74","streamSid":"MZ1","media":{"track":"inbound","chunk":"73","timestamp":"1593","payload":"/////w=="}}""");

        MediaStreamsError error = MediaStreamsParser.Parse(text, out MediaStreamsEvent message);

        Assert.Equal(MediaStreamsError.None, error);
        Assert.Equal(MediaStreamsEventType.Media, message.Type);
        Assert.Equal("MZ1", Text(message.StreamSid));
        Assert.Equal(74, message.SequenceNumber);
        Assert.Equal(73, message.Chunk);
        Assert.Equal(1593, message.TimestampMs);
        Assert.Equal("inbound", Text(message.Track));
        Assert.Equal("/////w==", Text(message.Payload));
        Assert.False(message.PayloadHasEscapes);
    }

    [Fact]
    public void Reads_media_with_white_space_numbers_escapes_and_the_event_last()
    {
        byte[] text = Utf8("""{ "media" : {"payload":"\/\/8=", "future":[{"a":null}], "timestamp":5, "chunk":"1"}, "stre\u0061mSid":"M\u005a1", "event":"m\u0065dia" }""");

        MediaStreamsError error = MediaStreamsParser.Parse(text, out MediaStreamsEvent message);

        Assert.Equal(MediaStreamsError.None, error);
        Assert.Equal(MediaStreamsEventType.Media, message.Type);
        Assert.Equal("MZ1", Text(message.StreamSid));
        Assert.Equal(-1, message.SequenceNumber);
        Assert.Equal(1, message.Chunk);
        Assert.Equal(5, message.TimestampMs);
        Assert.True(message.Track.IsEmpty);
        Assert.True(message.PayloadHasEscapes);
        Assert.Equal("""\/\/8=""", Text(message.Payload));
    }

    [Fact]
    public void Reads_connected_mark_dtmf_stop_and_passes_unknown_events()
    {
        Assert.Equal(MediaStreamsError.None, MediaStreamsParser.Parse("""{"event":"connected","protocol":"Call","version":"1.0.0"}"""u8, out MediaStreamsEvent m));
        Assert.Equal(MediaStreamsEventType.Connected, m.Type);
        Assert.Equal(-1, m.SequenceNumber);

        Assert.Equal(MediaStreamsError.None, MediaStreamsParser.Parse("""{"event":"mark","sequenceNumber":"4","streamSid":"MZ1","mark":{"name":"3:\"x\u00e9"}}"""u8, out m));
        Assert.Equal(MediaStreamsEventType.Mark, m.Type);
        Assert.Equal("3:\"xé", Text(m.MarkName));

        Assert.Equal(MediaStreamsError.None, MediaStreamsParser.Parse("""{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"#"}}"""u8, out m));
        Assert.Equal(MediaStreamsEventType.Dtmf, m.Type);
        Assert.Equal((byte)'#', m.Digit);
        Assert.Equal("inbound_track", Text(m.Track));

        Assert.Equal(MediaStreamsError.None, MediaStreamsParser.Parse("""{"stop":{"accountSid":"AC1","callSid":"CA1"},"event":"stop","streamSid":"MZ1"}"""u8, out m));
        Assert.Equal(MediaStreamsEventType.Stop, m.Type);

        Assert.Equal(MediaStreamsError.None, MediaStreamsParser.Parse("""{"event":"transcription","media":7,"streamSid":9}"""u8, out m));
        Assert.Equal(MediaStreamsEventType.Unknown, m.Type);
    }

    [Theory]
    [InlineData("", MediaStreamsError.NotJson)]
    [InlineData("[]", MediaStreamsError.NotJson)]
    [InlineData("null", MediaStreamsError.NotJson)]
    [InlineData("{}", MediaStreamsError.MissingField)]
    [InlineData("""{"event":null}""", MediaStreamsError.MissingField)]
    [InlineData("""{"event":7}""", MediaStreamsError.WrongType)]
    [InlineData("""{"event":"media"}""", MediaStreamsError.MissingField)]
    [InlineData("""{"event":"media","streamSid":"MZ1"}""", MediaStreamsError.MissingField)]
    [InlineData("""{"event":"media","streamSid":"MZ1","media":[]}""", MediaStreamsError.WrongType)]
    [InlineData("""{"event":"media","streamSid":"MZ1","media":{"payload":1}}""", MediaStreamsError.WrongType)]
    [InlineData("""{"event":"media","streamSid":"MZ1","media":{"payload":"","chunk":"-1"}}""", MediaStreamsError.WrongType)]
    [InlineData("""{"event":"media","streamSid":"MZ1","media":{"payload":"","chunk":1.5}}""", MediaStreamsError.WrongType)]
    [InlineData("""{"event":"media","streamSid":"MZ1","media":{"payload":"","chunk":""}}""", MediaStreamsError.WrongType)]
    [InlineData("""{"event":"media","streamSid":"MZ1","media":{"payload":"","chunk":"9223372036854775808"}}""", MediaStreamsError.OutOfRange)]
    [InlineData("""{"event":"media","streamSid":"MZ1","media":{"payload":"","payload":""}}""", MediaStreamsError.DuplicateField)]
    [InlineData("""{"event":"media","streamSid":"MZ1","streamSid":"MZ2","media":{"payload":""}}""", MediaStreamsError.DuplicateField)]
    [InlineData("""{"event":"media","streamSid":"\ud800","media":{"payload":""}}""", MediaStreamsError.BadText)]
    [InlineData("""{"event":"media","streamSid":"MZ1","media":{"payload":""}} x""", MediaStreamsError.NotJson)]
    [InlineData("""{"event":"media","streamSid":"MZ1","media":{"payload":""},}""", MediaStreamsError.NotJson)]
    [InlineData("""{"event":"dtmf","streamSid":"MZ1","dtmf":{"digit":"E"}}""", MediaStreamsError.BadValue)]
    [InlineData("""{"event":"dtmf","streamSid":"MZ1","dtmf":{"digit":"12"}}""", MediaStreamsError.BadValue)]
    [InlineData("""{"event":"mark","streamSid":"MZ1","mark":{}}""", MediaStreamsError.MissingField)]
    public void Names_what_is_wrong(string text, MediaStreamsError expected)
    {
        Assert.Equal(expected, MediaStreamsParser.Parse(Utf8(text), out _));
    }

    [Fact]
    public void Counts_depth_and_refuses_the_65th_container()
    {
        Assert.Equal(MediaStreamsError.None, MediaStreamsParser.Parse(Nested(63), out _));
        Assert.Equal(MediaStreamsError.TooDeep, MediaStreamsParser.Parse(Nested(64), out _));
        Assert.Equal(MediaStreamsError.TooDeep, MediaStreamsParser.Parse(Nested(100_000), out _));

        static byte[] Nested(int inner) => Utf8("{\"x\":" + new string('[', inner) + new string(']', inner) + ",\"event\":\"connected\"}");
    }

    [Fact]
    public void Reads_the_start_message_whole()
    {
        byte[] text = Utf8("""
            {"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1","streamSid":"MZ1","callSid":"CA1","tracks":["inbound","outbound"],
            "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"token":"a\/b","Name":"Zo\u00eb"}},"streamSid":"MZ1"}
            """);

        Assert.Equal(MediaStreamsError.None, MediaStreamsParser.Parse(text, out MediaStreamsEvent message));
        Assert.Equal(MediaStreamsEventType.Start, message.Type);
        Assert.Equal(MediaStreamsError.None, MediaStreamsParser.ParseStart(text, out StreamStart? start));
        Assert.NotNull(start);
        Assert.Equal("MZ1", start.StreamSid);
        Assert.Equal("CA1", start.CallSid);
        Assert.Equal("AC1", start.AccountSid);
        Assert.Equal(["inbound", "outbound"], start.Tracks);
        Assert.True(start.IsMuLaw8k);
        Assert.Equal("a/b", start.CustomParameters["token"]);
        Assert.Equal("Zoë", start.CustomParameters["Name"]);
    }

    [Theory]
    [InlineData("""{"event":"stop"}""", MediaStreamsError.BadValue)]
    [InlineData("""{"event":"start"}""", MediaStreamsError.MissingField)]
    [InlineData("""{"event":"start","streamSid":"MZ2","start":{"streamSid":"MZ1","callSid":"C","accountSid":"A","mediaFormat":{"encoding":"e","sampleRate":1,"channels":1}}}""", MediaStreamsError.BadValue)]
    [InlineData("""{"event":"start","start":{"streamSid":"MZ1","callSid":"C","accountSid":"A"}}""", MediaStreamsError.MissingField)]
    [InlineData("""{"event":"start","start":{"streamSid":"MZ1","callSid":"C","accountSid":"A","mediaFormat":{"encoding":"e","sampleRate":4294967296,"channels":1}}}""", MediaStreamsError.OutOfRange)]
    [InlineData("""{"event":"start","start":{"streamSid":"MZ1","callSid":"C","accountSid":"A","mediaFormat":{"encoding":"e","sampleRate":1,"channels":1},"tracks":[1]}}""", MediaStreamsError.WrongType)]
    [InlineData("""{"event":"start","start":{"streamSid":"MZ1","callSid":"C","accountSid":"A","mediaFormat":{"encoding":"e","sampleRate":1,"channels":1},"customParameters":{"a":1}}}""", MediaStreamsError.WrongType)]
    [InlineData("""{"event":"start","start":{"streamSid":"MZ1","callSid":"C","accountSid":"A","mediaFormat":{"encoding":"e","sampleRate":1,"channels":1},"customParameters":{"a":"1","\u0061":"2"}}}""", MediaStreamsError.DuplicateField)]
    [InlineData("""{"event":"start","start":""", MediaStreamsError.NotJson)]
    public void Names_what_is_wrong_with_a_start(string text, MediaStreamsError expected)
    {
        Assert.Equal(expected, MediaStreamsParser.ParseStart(Utf8(text), out StreamStart? start));
        Assert.Null(start);
    }

    [Fact]
    public void Accepts_a_start_without_tracks_and_parameters()
    {
        byte[] text = Utf8("""{"event":"start","start":{"streamSid":"MZ1","callSid":"C","accountSid":"A","mediaFormat":{"encoding":"audio/opus","sampleRate":"16000","channels":2}}}""");

        Assert.Equal(MediaStreamsError.None, MediaStreamsParser.ParseStart(text, out StreamStart? start));
        Assert.NotNull(start);
        Assert.Empty(start.Tracks);
        Assert.Empty(start.CustomParameters);
        Assert.False(start.IsMuLaw8k);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
