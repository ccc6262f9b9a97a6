using System.Text;
using System.Text.Json;
using Concierge.Protocols.MediaStreams;

namespace Concierge.Protocols.Tests.MediaStreams;

public sealed class MediaStreamsFormatterTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(159)]
    [InlineData(160)]
    [InlineData(161)]
    [InlineData(65536)]
    public void Formats_media_with_exactly_the_keys_that_the_carrier_accepts(int length)
    {
        byte[] audio = new byte[length];
        new Random(7).NextBytes(audio);
        var message = new MediaMessage(new MediaHead("MZ0123"u8), audio);
        byte[] text = Fill(message);

        Assert.Equal("{\"event\":\"media\",\"streamSid\":\"MZ0123\",\"media\":{\"payload\":\"" + Convert.ToBase64String(audio) + "\"}}", Encoding.UTF8.GetString(text));
    }

    [Fact]
    public void Copies_base64_text_as_it_stands()
    {
        var message = new MediaBase64Message(new MediaHead("MZ0123"u8), """\/\/8="""u8);
        byte[] text = Fill(message);

        Assert.Equal("""{"event":"media","streamSid":"MZ0123","media":{"payload":"\/\/8="}}""", Encoding.UTF8.GetString(text));
    }

    [Fact]
    public void Refuses_to_format_without_a_stream_s_head()
    {
        Assert.Throws<ArgumentNullException>("head", () => new MediaMessage(null!, []).Length);
        Assert.Throws<ArgumentNullException>("head", () => new MediaBase64Message(null!, []).Length);
    }

    [Fact]
    public void Formats_mark_and_clear()
    {
        var mark = new MarkMessage("MZ0123"u8, "3:17"u8);
        var clear = new ClearMessage("MZ0123"u8);

        Assert.Equal("""{"event":"mark","streamSid":"MZ0123","mark":{"name":"3:17"}}""", Encoding.UTF8.GetString(Fill(mark)));
        Assert.Equal("""{"event":"clear","streamSid":"MZ0123"}""", Encoding.UTF8.GetString(Fill(clear)));
    }

    [Fact]
    public void Escapes_every_character_that_needs_it()
    {
        string nasty = "";
        for (char c = '\0'; c < 0x80; c++)
        {
            nasty += c;
        }

        nasty += "é漢😀\"\\";
        byte[] bytes = Encoding.UTF8.GetBytes(nasty);
        var mark = new MarkMessage(bytes, bytes);
        var clear = new ClearMessage(bytes);
        var media = new MediaMessage(new MediaHead(bytes), [1, 2, 3]);

        using JsonDocument markJson = JsonDocument.Parse(Fill(mark));
        using JsonDocument clearJson = JsonDocument.Parse(Fill(clear));
        using JsonDocument mediaJson = JsonDocument.Parse(Fill(media));
        Assert.Equal(nasty, markJson.RootElement.GetProperty("streamSid").GetString());
        Assert.Equal(nasty, markJson.RootElement.GetProperty("mark").GetProperty("name").GetString());
        Assert.Equal(nasty, clearJson.RootElement.GetProperty("streamSid").GetString());
        Assert.Equal(nasty, mediaJson.RootElement.GetProperty("streamSid").GetString());

        Assert.Equal(MediaStreamsError.None, MediaStreamsParser.Parse(Fill(mark), out MediaStreamsEvent read));
        Assert.Equal(nasty, Encoding.UTF8.GetString(read.MarkName));
    }

    private static byte[] Fill(MediaMessage message)
    {
        var buffer = new GuardedBuffer(message.Length);
        message.Write(buffer.Span);
        return buffer.Written();
    }

    private static byte[] Fill(MediaBase64Message message)
    {
        var buffer = new GuardedBuffer(message.Length);
        message.Write(buffer.Span);
        return buffer.Written();
    }

    private static byte[] Fill(MarkMessage message)
    {
        var buffer = new GuardedBuffer(message.Length);
        message.Write(buffer.Span);
        return buffer.Written();
    }

    private static byte[] Fill(ClearMessage message)
    {
        var buffer = new GuardedBuffer(message.Length);
        message.Write(buffer.Span);
        return buffer.Written();
    }
}
