using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Concierge.WebSockets.Tests.Conformance;

/// <summary>Every case in both roles under every segmentation; then the large ones of groups 1.x.8 and 9, and fail-fast by the clock of octets.</summary>
public sealed class SuiteTests
{
    public static TheoryData<string> Ids => [.. SuiteCases.All.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Case(string id)
    {
        SuiteCase suiteCase = SuiteCases.All[id];
        foreach (WebSocketRole role in new[] { WebSocketRole.Server, WebSocketRole.Client })
        {
            string transcript = Transcript.Of(suiteCase.Bytes(masked: role == WebSocketRole.Server), role, echo: true);
            List<string> sent = [.. transcript.Split('\n').Where(line => line.StartsWith("sent ", StringComparison.Ordinal)).Select(line => line[5..])];
            Assert.Equal(suiteCase.Expected, sent);
        }
    }

    [Fact]
    public void The_list_is_complete()
    {
        // Groups 1-7 and 10 of the suite; cases that differ only in how they are chopped (2.6, 2.11, 5.4, 5.5, 5.7, 5.8, 5.10, 5.11, 5.13, 5.14, 5.20, 6.4.3, 6.4.4,
        // 1.x.8) are the segmentations of others.
        foreach ((string group, int count) in new[] { ("1.1", 7), ("1.2", 7), ("2", 9), ("3", 7), ("4.1", 5), ("4.2", 5), ("5", 11), ("7.7", 16), ("7.9", 10), ("10", 1) })
        {
            Assert.Equal(count, SuiteCases.All.Keys.Count(id => id.StartsWith(group + ".", StringComparison.Ordinal)));
        }

        Assert.Equal(11 + Utf8Sequences.All().Count(), SuiteCases.All.Keys.Count(id => id.StartsWith("6.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, 2)]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 }, 2)]
    [InlineData(new byte[] { 0x80 }, 1)]
    [InlineData(new byte[] { 0xE2, 0x28, 0xA1 }, 2)]
    public async Task Fails_fast_on_the_octet_that_decides_inside_one_unfinished_frame(byte[] bad, int decidedBy)
    {
        foreach (WebSocketRole role in new[] { WebSocketRole.Server, WebSocketRole.Client })
        {
            byte[] payload = [.. Encoding.UTF8.GetBytes("κόσμε"), .. bad, .. "edited"u8];
            byte[] wire = Wire.Frame(1, payload, masked: role == WebSocketRole.Server);
            int decisive = wire.Length - payload.Length + Encoding.UTF8.GetByteCount("κόσμε") + decidedBy;
            Pipe input = new();
            WebSocketReader reader = new(input.Reader, role, WebSocketLimits.Default, writer: null);
            for (int i = 0; i < decisive; i++)
            {
                Assert.False(reader.TryRead(out _));
                input.Writer.Write(wire.AsSpan(i, 1));
                await input.Writer.FlushAsync();
            }

            Assert.True(reader.TryRead(out WebSocketReadStatus status));
            Assert.Equal((WebSocketReadStatus.Error, WebSocketError.InvalidUtf8), (status, reader.Error));
        }
    }

    /// <summary>The sizes of groups 1.x.8 and 9.1 to 9.6: length, fragment, chop.</summary>
    public static TheoryData<int, int, int> LargeMessages
    {
        get
        {
            TheoryData<int, int, int> data = new() { { 65536, 65536, 997 } };
            foreach (int length in (int[])[65536, 262144, 1048576, 4194304, 8388608, 16777216])
            {
                data.Add(length, length, 65536); // 9.1, 9.2
            }

            foreach (int fragment in (int[])[64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304])
            {
                data.Add(4194304, fragment, 65536); // 9.3, 9.4
            }

            foreach (int chop in (int[])[64, 128, 256, 512, 1024, 2048])
            {
                data.Add(1048576, 1048576, chop); // 9.5, 9.6
            }

            data.Add(16777216, 1024, 65536); // 16,384 fragments
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(LargeMessages))]
    public async Task Takes_and_sends_large_messages(int length, int fragment, int chop)
    {
        WebSocketLimits limits = new() { MaxFramePayload = 16 * 1024 * 1024, MaxMessageSize = 16 * 1024 * 1024, MaxFragmentsPerMessage = 65536 };
        foreach (WebSocketRole role in new[] { WebSocketRole.Server, WebSocketRole.Client })
        {
            foreach (bool text in new[] { true, false })
            {
                byte[] payload = text ? Encoding.UTF8.GetBytes(new string('é', length / 2)) : Wire.Octets(length);
                Pipe input = new(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false));
                Pipe output = new(new PipeOptions(useSynchronizationContext: false));
                WebSocketWriter writer = new(output.Writer, role, new WebSocketWriterOptions { ControlBudget = 32 * 1024 * 1024 });
                using WebSocketReader reader = new(input.Reader, role, limits, writer);
                Task feeding = FeedAsync(input.Writer, payload, role, text, fragment, chop);
                Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync());
                Assert.True(reader.Payload.SequenceEqual(payload));
                Assert.Equal(WebSocketAppendResult.Accepted, writer.TryAppend(reader.Opcode, reader.Payload));
                writer.Flush();
                using WebSocketReader peer = new(output.Reader, Other(role), limits, writer: null);
                Assert.Equal(WebSocketReadStatus.Message, await peer.ReadAsync());
                Assert.True(peer.Payload.SequenceEqual(payload));
                Assert.False(reader.TryRead(out _));
                await feeding;
            }
        }
    }

    /// <summary>Groups 9.7 and 9.8: a thousand messages there and back, one after the other.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(256)]
    [InlineData(1024)]
    [InlineData(4096)]
    public async Task Echoes_a_thousand_messages_in_turn(int size)
    {
        foreach (WebSocketOpcode opcode in new[] { WebSocketOpcode.Text, WebSocketOpcode.Binary })
        {
            byte[] payload = opcode == WebSocketOpcode.Text ? Encoding.UTF8.GetBytes(new string('*', size)) : Wire.Octets(size);
            Pipe there = new(new PipeOptions(useSynchronizationContext: false));
            Pipe back = new(new PipeOptions(useSynchronizationContext: false));
            WebSocketWriter client = new(there.Writer, WebSocketRole.Client);
            WebSocketWriter server = new(back.Writer, WebSocketRole.Server);
            using WebSocketReader fromServer = new(back.Reader, WebSocketRole.Client, WebSocketLimits.Default, client);
            using WebSocketReader fromClient = new(there.Reader, WebSocketRole.Server, WebSocketLimits.Default, server);
            for (int i = 0; i < 1000; i++)
            {
                Assert.Equal(WebSocketAppendResult.Accepted, client.TryAppend(opcode, payload));
                client.Flush();
                Assert.Equal(WebSocketReadStatus.Message, await fromClient.ReadAsync());
                Assert.Equal(WebSocketAppendResult.Accepted, server.TryAppend(fromClient.Opcode, fromClient.Payload));
                server.Flush();
                Assert.Equal(WebSocketReadStatus.Message, await fromServer.ReadAsync());
                Assert.Equal(opcode, fromServer.Opcode);
                Assert.True(fromServer.Payload.SequenceEqual(payload));
            }
        }
    }

    private static WebSocketRole Other(WebSocketRole role) => role == WebSocketRole.Server ? WebSocketRole.Client : WebSocketRole.Server;

    private static async Task FeedAsync(PipeWriter input, byte[] payload, WebSocketRole role, bool text, int fragment, int chop)
    {
        bool masked = role == WebSocketRole.Server;
        uint key = masked ? Wire.Key : 0;
        ArrayBufferWriter<byte> wire = new(payload.Length * 2);
        for (int start = 0; start < payload.Length; start += fragment)
        {
            int count = Math.Min(fragment, payload.Length - start);
            int header = WebSocketFrameFormatter.WriteHeader(
                wire.GetSpan(14 + count),
                start > 0 ? WebSocketOpcode.Continuation : text ? WebSocketOpcode.Text : WebSocketOpcode.Binary,
                start + count == payload.Length,
                count,
                masked,
                key);
            WebSocketMask.Apply(payload.AsSpan(start, count), wire.GetSpan(14 + count)[header..], key);
            wire.Advance(header + count);
        }

        for (int start = 0; start < wire.WrittenCount; start += chop)
        {
            await input.WriteAsync(wire.WrittenMemory.Slice(start, Math.Min(chop, wire.WrittenCount - start)));
        }
    }
}
