using System.Text;
using Concierge.Protocols.MediaStreams;
using Concierge.Protocols.Realtime;

namespace Concierge.Protocols.Tests;

/// <summary>What a frame passes through allocates nothing, on the fast path and on the complete one.</summary>
public sealed class AllocationTests
{
    private static readonly byte[] s_frame = [.. Enumerable.Range(0, 160).Select(i => (byte)(255 - i))];

    private static readonly byte[] s_media = Encoding.UTF8.GetBytes(
        $$$"""{"event":"media","sequenceNumber":"74","streamSid":"MZ18ad3ab5a668481ce02b83e7395059f0","media":{"track":"inbound","chunk":"73","timestamp":"1593","payload":"{{{Convert.ToBase64String(s_frame)}}}"}}""");

    private static readonly byte[] s_delta = Encoding.UTF8.GetBytes(
        $$"""{"type":"response.output_audio.delta","event_id":"event_1","response_id":"resp_1","item_id":"item_1","output_index":0,"content_index":0,"delta":"{{Convert.ToBase64String(s_frame)}}"}""");

    private static readonly byte[] s_escapedDelta = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(s_delta).Replace("/", "\\/").Replace(",", " , "));

    private static readonly MediaHead s_head = new("MZ18ad3ab5a668481ce02b83e7395059f0"u8);

    private readonly byte[] _scratch = new byte[4096];

    [Fact]
    public void Parsing_and_decoding_media_allocates_nothing() => AssertNothing(() =>
    {
        MediaStreamsParser.Parse(s_media, out MediaStreamsEvent message);
        Base64Text.Decode(message.Payload, message.PayloadHasEscapes, _scratch, out int written);
        return written == 160;
    });

    [Fact]
    public void Parsing_media_the_slow_way_allocates_nothing() => AssertNothing(() =>
        MediaStreamsParser.ParseSlow(s_media, out MediaStreamsEvent message) == MediaStreamsError.None && message.Chunk == 73);

    [Fact]
    public void Parsing_and_decoding_a_delta_allocates_nothing() => AssertNothing(() =>
    {
        RealtimeServerEventParser.Parse(s_delta, out RealtimeServerEvent e);
        Base64Text.Decode(e.Delta, e.DeltaHasEscapes, _scratch, out int written);
        return written == 160;
    });

    [Fact]
    public void Parsing_and_decoding_an_escaped_delta_allocates_nothing() => AssertNothing(() =>
    {
        RealtimeServerEventParser.Parse(s_escapedDelta, out RealtimeServerEvent e);
        Base64Text.Decode(e.Delta, e.DeltaHasEscapes, _scratch, out int written);
        return e.DeltaHasEscapes && written == 160;
    });

    [Fact]
    public void Formatting_media_marks_and_clears_allocates_nothing() => AssertNothing(() =>
    {
        var media = new MediaMessage(s_head, s_frame);
        media.Write(_scratch);
        var verbatim = new MediaBase64Message(s_head, "AAAA"u8);
        verbatim.Write(_scratch);
        var mark = new MarkMessage("MZ18ad3ab5a668481ce02b83e7395059f0"u8, "1:2"u8);
        mark.Write(_scratch);
        var clear = new ClearMessage("MZ18ad3ab5a668481ce02b83e7395059f0"u8);
        clear.Write(_scratch);
        return media.Length + mark.Length + clear.Length > 0;
    });

    [Fact]
    public void Formatting_an_append_allocates_nothing() => AssertNothing(() =>
    {
        var append = new AppendAudioMessage(s_frame);
        append.Write(_scratch);
        var verbatim = new AppendBase64Message("AAAA"u8);
        verbatim.Write(_scratch);
        return append.Length > verbatim.Length;
    });

    private static void AssertNothing(Func<bool> work)
    {
        for (int i = 0; i < 200; i++)
        {
            Assert.True(work());
        }

        bool ok = true;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            ok &= work();
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(ok);
        Assert.Equal(0, allocated);
    }
}
