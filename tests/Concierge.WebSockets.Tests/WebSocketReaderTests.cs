using System.IO.Pipelines;
using System.Text;

namespace Concierge.WebSockets.Tests;

public sealed class WebSocketReaderTests
{
    [Fact]
    public void Assembles_fragments_and_answers_the_ping_between_them_with_its_payload() =>
        Assert.Equal(
            "text Hello wörld\nclose 1000 bye\nsent pong:70\nsent close:1000:\n",
            Transcript.Of(Wire.Join(
                Wire.Text("Hello ", fin: false),
                Wire.Frame(9, "p"u8.ToArray()),
                Wire.Frame(0, Encoding.UTF8.GetBytes("wör"), fin: false),
                Wire.Frame(10, "unasked"u8.ToArray()),
                Wire.Frame(0, "ld"u8.ToArray()),
                Wire.Close(1000, "bye"))));

    [Fact]
    public void Reads_unmasked_frames_as_a_client_and_answers_masked() =>
        Assert.Equal(
            "text hi\nbinary 0102\nclose 1001 \nsent pong:\nsent close:1001:\n",
            Transcript.Of(
                Wire.Join(
                    Wire.Text("hi", masked: false),
                    Wire.Frame(9, [], masked: false),
                    Wire.Frame(2, [1, 2], masked: false),
                    Wire.Close(1001, masked: false)),
                WebSocketRole.Client));

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(200_000)]
    public void Delivers_messages_of_every_length_form(int length)
    {
        byte[] payload = Wire.Octets(length);
        Assert.Equal($"binary {Convert.ToHexString(payload)}\nend None\n", Transcript.Of(Wire.Frame(2, payload)));
    }

    [Fact]
    public void Fails_a_text_message_on_its_first_wrong_octet_with_1007() =>
        Assert.Equal(
            "text ok\nerror InvalidUtf8\nsent close:1007:\n",
            Transcript.Of(Wire.Join(Wire.Text("ok"), Wire.Frame(1, [0x41, 0xED], fin: false), Wire.Frame(0, [0xA0], fin: false))));

    [Fact]
    public void Fails_a_text_message_that_ends_inside_a_character() =>
        Assert.Equal("error InvalidUtf8\nsent close:1007:\n", Transcript.Of(Wire.Join(Wire.Frame(1, [0xE2, 0x82], fin: false), Wire.Frame(0, []))));

    [Fact]
    public void Parses_nothing_after_an_error() =>
        Assert.Equal(
            "error ReservedBits\nsent close:1002:\n",
            Transcript.Of(Wire.Join(Wire.Frame(1, [], reserved: 4), Wire.Text("never"), Wire.Close(1000))));

    [Theory]
    [InlineData(1000)]
    [InlineData(1003)]
    [InlineData(1014)]
    [InlineData(3000)]
    [InlineData(4999)]
    public void Echoes_a_legal_close_code(int code) =>
        Assert.Equal($"close {code} x\nsent close:{code}:\n", Transcript.Of(Wire.Join(Wire.Close(code, "x"), Wire.Text("ignored"))));

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1004)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(1016)]
    [InlineData(2999)]
    [InlineData(5000)]
    [InlineData(65535)]
    public void Refuses_an_illegal_close_code(int code) =>
        Assert.Equal("error CloseCodeInvalid\nsent close:1002:\n", Transcript.Of(Wire.Close(code)));

    [Fact]
    public void Answers_an_empty_close_with_an_empty_one_and_refuses_a_body_of_one_octet()
    {
        Assert.Equal("close 1005 \nsent close\n", Transcript.Of(Wire.Frame(8, [])));
        Assert.Equal("error CloseTooShort\nsent close:1002:\n", Transcript.Of(Wire.Frame(8, [3])));
        Assert.Equal("error CloseReasonInvalid\nsent close:1007:\n", Transcript.Of(Wire.Frame(8, [3, 232, 0xFF])));
    }

    [Fact]
    public void Holds_the_limits_of_frame_message_and_fragments()
    {
        WebSocketLimits limits = new() { MaxFramePayload = 200, MaxMessageSize = 300, MaxFragmentsPerMessage = 3 };
        Assert.Equal("error FrameTooBig\nsent close:1009:\n", Transcript.Of(Wire.Frame(2, new byte[201])[..4], limits: limits));
        Assert.Equal(
            "error MessageTooBig\nsent close:1009:\n",
            Transcript.Of(Wire.Join(Wire.Frame(2, new byte[200], fin: false), Wire.Frame(0, new byte[101])[..2]), limits: limits));
        Assert.Equal(
            "error TooManyFragments\nsent close:1008:\n",
            Transcript.Of(Wire.Join(Wire.Frame(2, [], fin: false), Wire.Frame(0, [], fin: false), Wire.Frame(0, [], fin: false), Wire.Frame(0, [], fin: false)), limits: limits));
    }

    [Fact]
    public void Tells_an_end_between_messages_from_one_inside()
    {
        Assert.Equal("text a\nend None\n", Transcript.Of(Wire.Text("a")));
        Assert.Equal("text a\nend Truncated\n", Transcript.Of(Wire.Join(Wire.Text("a"), Wire.Text("cut")[..5])));
        Assert.Equal("end Truncated\n", Transcript.Of(Wire.Text("first", fin: false)));
    }

    [Fact]
    public void Answers_a_flood_of_pings_with_the_oldest_32_and_the_newest()
    {
        List<byte[]> pings = [];
        for (int i = 0; i < 1000; i++)
        {
            pings.Add(Wire.Frame(9, BitConverter.GetBytes(i)));
        }

        List<string> lines = [.. Transcript.Arriving([Wire.Join([.. pings])], WebSocketRole.Server, null, false).TrimEnd().Split('\n')];
        Assert.Equal(34, lines.Count);
        Assert.Equal("sent pong:E7030000", lines[^1]);
    }

    [Fact]
    public async Task Goes_on_after_a_cancelled_read_and_after_CancelPendingRead()
    {
        Pipe input = new();
        Pipe output = new();
        WebSocketReader reader = new(input.Reader, WebSocketRole.Server, WebSocketLimits.Default, new WebSocketWriter(output.Writer, WebSocketRole.Server));
        using CancellationTokenSource cancel = new();
        Task<WebSocketReadStatus> pending = reader.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        pending = reader.ReadAsync().AsTask();
        input.Reader.CancelPendingRead();
        byte[] frame = Wire.Text("still here");
        await input.Writer.WriteAsync(frame.AsMemory(0, 5));
        input.Reader.CancelPendingRead();
        await input.Writer.WriteAsync(frame.AsMemory(5));
        Assert.Equal(WebSocketReadStatus.Message, await pending);
        Assert.Equal("still here", Encoding.UTF8.GetString(reader.Payload));
    }

    [Fact]
    public async Task Reports_a_transport_that_throws_as_the_end()
    {
        Pipe input = new();
        WebSocketReader reader = new(input.Reader, WebSocketRole.Server, WebSocketLimits.Default, writer: null);
        await input.Writer.CompleteAsync(new IOException("reset"));
        Assert.Equal(WebSocketReadStatus.EndOfStream, await reader.ReadAsync());
        Assert.Equal(WebSocketError.TransportFailed, reader.Error);
        Assert.Equal("reset", reader.Fault?.Message);
    }

    [Fact]
    public void Lends_pieces_of_an_unfinished_message_and_the_rest_as_the_message()
    {
        byte[] payload = Wire.Octets(300_000);
        byte[] wire = Wire.Join(Wire.Frame(2, payload[..100_000], fin: false), Wire.Frame(9, []), Wire.Frame(0, payload[100_000..]), Wire.Text("next"));
        foreach (int[] cuts in Segmentation.Cuts(wire.Length))
        {
            WebSocketReader reader = new(PipeReader.Create(Segmentation.Sequence((byte[])wire.Clone(), cuts)), WebSocketRole.Server, WebSocketLimits.Default, null);
            List<byte> seen = [];
            WebSocketReadStatus status;
            do
            {
                Assert.True(reader.TryReadPiece(out status));
                seen.AddRange(reader.Payload);
                Assert.Equal(WebSocketOpcode.Binary, reader.Opcode);
            }
            while (status == WebSocketReadStatus.Piece);

            Assert.Equal(WebSocketReadStatus.Message, status);
            Assert.Equal(payload, seen.ToArray());
            Assert.True(reader.TryReadPiece(out status));
            Assert.Equal(WebSocketReadStatus.Message, status);
            Assert.Equal("next", Encoding.UTF8.GetString(reader.Payload));
        }
    }
}
