using System.Buffers;

namespace Concierge.WebSockets.Tests;

public sealed class WebSocketFrameParserTests
{
    [Theory]
    [InlineData("C1", WebSocketError.ReservedBits)]
    [InlineData("A1", WebSocketError.ReservedBits)]
    [InlineData("91", WebSocketError.ReservedBits)]
    [InlineData("83", WebSocketError.ReservedOpcode)]
    [InlineData("87", WebSocketError.ReservedOpcode)]
    [InlineData("8B", WebSocketError.ReservedOpcode)]
    [InlineData("8F", WebSocketError.ReservedOpcode)]
    [InlineData("09", WebSocketError.ControlFragmented)]
    [InlineData("80", WebSocketError.UnexpectedContinuation)]
    [InlineData("8105", WebSocketError.MaskRequired)]
    [InlineData("89FE", WebSocketError.ControlTooLong)]
    [InlineData("89FF", WebSocketError.ControlTooLong)]
    [InlineData("81FE007D", WebSocketError.LengthNotMinimal)]
    [InlineData("81FF80", WebSocketError.LengthTopBit)]
    [InlineData("81FF000000000000", WebSocketError.LengthNotMinimal)]
    [InlineData("81FF000000000010", WebSocketError.FrameTooBig)]
    [InlineData("81FF01", WebSocketError.FrameTooBig)]
    public void Refuses_from_as_few_octets_as_decide_it(string hex, WebSocketError expected)
    {
        byte[] octets = Convert.FromHexString(hex);
        Assert.Equal(OperationStatus.InvalidData, Parse(octets, out _, out WebSocketError error));
        Assert.Equal(expected, error);
        if (octets.Length > 1)
        {
            Assert.Equal(OperationStatus.NeedMoreData, Parse(octets[..^1], out _, out _));
        }
    }

    [Fact]
    public void The_short_way_for_usual_frames_agrees_with_the_long_one()
    {
        byte[] lengths = [0x7D, 0x7E, 0x7F, 0xFD, 0xFE, 0xFF];
        byte[][] extended = [[0, 0], [0, 125], [0, 126], [0, 127], [1, 0], [1, 115], [0xFF, 0xFF]];
        for (int first = 0; first < 256; first++)
        {
            foreach (byte second in lengths)
            {
                foreach (byte[] length in extended)
                {
                    byte[] octets = [(byte)first, second, .. length, 0xA1, 0xB2, 0xC3, 0xD4, 5, 6, 7, 8, 9, 10];
                    for (int available = 0; available <= octets.Length; available++)
                    {
                        Agree(octets.AsSpan(0, available), 0x10000, 0x10000);
                        Agree(octets.AsSpan(0, available), 371, 0x10000);
                        Agree(octets.AsSpan(0, available), 0x10000, 370);
                    }
                }
            }
        }

        static void Agree(ReadOnlySpan<byte> octets, long frame, long message)
        {
            for (int i = 0; i < 4; i++)
            {
                WebSocketRole role = (i & 1) == 0 ? WebSocketRole.Server : WebSocketRole.Client;
                OperationStatus expected = WebSocketFrameParser.ParseSlow(octets, role, i > 1, frame, message, out WebSocketFrameHeader slow, out WebSocketError why);
                OperationStatus status = WebSocketFrameParser.Parse(octets, role, i > 1, frame, message, out WebSocketFrameHeader fast, out WebSocketError error);
                if (status != expected || error != why || !Same(slow, fast))
                {
                    Assert.Fail($"{Convert.ToHexString(octets)} at the {role}: {status} {error}, not {expected} {why}");
                }
            }
        }

        static bool Same(WebSocketFrameHeader a, WebSocketFrameHeader b) =>
            (a.Opcode, a.IsFinal, a.IsMasked, a.MaskKey, a.PayloadLength, a.HeaderLength) == (b.Opcode, b.IsFinal, b.IsMasked, b.MaskKey, b.PayloadLength, b.HeaderLength);
    }

    [Fact]
    public void Refuses_a_masked_frame_at_the_client_and_a_new_message_inside_one()
    {
        Assert.Equal(
            OperationStatus.InvalidData,
            WebSocketFrameParser.Parse([0x81, 0x80], WebSocketRole.Client, false, 100, 100, out _, out WebSocketError error));
        Assert.Equal(WebSocketError.MaskForbidden, error);
        Assert.Equal(OperationStatus.InvalidData, WebSocketFrameParser.Parse([0x81], WebSocketRole.Client, true, 100, 100, out _, out error));
        Assert.Equal(WebSocketError.ExpectedContinuation, error);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(65535)]
    [InlineData(65536)]
    public void Reads_what_the_formatter_writes_and_waits_for_all_of_it(int length)
    {
        foreach (bool masked in new[] { false, true })
        {
            byte[] header = new byte[WebSocketFrameFormatter.HeaderLength(length, masked)];
            Assert.Equal(header.Length, WebSocketFrameFormatter.WriteHeader(header, WebSocketOpcode.Binary, fin: false, length, masked, Wire.Key));
            Assert.Equal(Wire.Frame(2, new byte[length], fin: false, masked)[..header.Length], header);
            WebSocketRole role = masked ? WebSocketRole.Server : WebSocketRole.Client;
            for (int have = 0; have < header.Length; have++)
            {
                Assert.Equal(OperationStatus.NeedMoreData, WebSocketFrameParser.Parse(header.AsSpan(0, have), role, false, 1 << 20, 1 << 20, out _, out _));
            }

            Assert.Equal(OperationStatus.Done, WebSocketFrameParser.Parse(header, role, false, 1 << 20, 1 << 20, out WebSocketFrameHeader parsed, out _));
            Assert.Equal(length, parsed.PayloadLength);
            Assert.Equal(header.Length, parsed.HeaderLength);
            Assert.Equal(masked ? Wire.Key : 0, parsed.MaskKey);
            Assert.False(parsed.IsFinal);
            Assert.Equal(WebSocketOpcode.Binary, parsed.Opcode);
        }
    }

    [Fact]
    public void Every_pair_of_first_octets_gets_the_verdict_of_the_clauses()
    {
        for (int first = 0; first < 256; first++)
        {
            for (int second = 0; second < 256; second++)
            {
                foreach (bool inside in new[] { false, true })
                {
                    byte[] octets = [(byte)first, (byte)second, 0, 0, 0, 0, 0, 2, 0, 0, 1, 2, 3, 4];
                    if ((second & 0x7F) == 126)
                    {
                        octets[3] = 200;
                    }

                    OperationStatus status = WebSocketFrameParser.Parse(octets, WebSocketRole.Server, inside, 1 << 20, 1 << 20, out _, out _);
                    int opcode = first & 15;
                    bool known = opcode is 0 or 1 or 2 or 8 or 9 or 10;
                    bool control = opcode >= 8;
                    bool right = (first & 0x70) == 0 && known && (second & 0x80) != 0 &&
                        (control ? (first & 0x80) != 0 && (second & 0x7F) <= 125 : opcode == 0 == inside);
                    Assert.Equal(right ? OperationStatus.Done : OperationStatus.InvalidData, status);
                }
            }
        }
    }

    private static OperationStatus Parse(ReadOnlySpan<byte> octets, out WebSocketFrameHeader header, out WebSocketError error) =>
        WebSocketFrameParser.Parse(octets, WebSocketRole.Server, insideMessage: false, 1 << 19, 1 << 19, out header, out error);
}
