using System.Buffers;
using System.IO.Pipelines;

namespace Concierge.WebSockets.Tests;

public sealed class WebSocketKeepAliveTests
{
    [Fact]
    public async Task Pings_only_in_silence_and_gives_up_after_the_missed_ones()
    {
        Pipe input = new();
        Pipe output = new();
        WebSocketWriter writer = new(output.Writer, WebSocketRole.Server);
        WebSocketReader reader = new(input.Reader, WebSocketRole.Server, WebSocketLimits.Default, writer);
        WebSocketKeepAlive keepAlive = new(reader, writer, maxMissed: 2);
        await FrameAsync(Wire.Text("a"));
        Assert.True(keepAlive.Tick());
        Assert.Empty(Sent());
        Assert.True(keepAlive.Tick());
        Assert.Equal(["ping:"], Sent());
        await FrameAsync(Wire.Frame(10, []));
        Assert.True(keepAlive.Tick());
        Assert.Equal(0, keepAlive.Missed);
        Assert.True(keepAlive.Tick());
        Assert.True(keepAlive.Tick());
        Assert.False(keepAlive.Tick());
        Assert.Equal(["ping:", "ping:"], Sent());

        async Task FrameAsync(byte[] frame)
        {
            await input.Writer.WriteAsync(frame);
            reader.TryRead(out _);
        }

        List<string> Sent()
        {
            if (!output.Reader.TryRead(out ReadResult result))
            {
                return [];
            }

            List<string> frames = Wire.Describe(result.Buffer.ToArray());
            output.Reader.AdvanceTo(result.Buffer.End);
            return frames;
        }
    }

    [Fact]
    public async Task Returns_when_the_peer_is_gone()
    {
        Pipe input = new();
        Pipe output = new();
        WebSocketWriter writer = new(output.Writer, WebSocketRole.Server);
        using WebSocketReader reader = new(input.Reader, WebSocketRole.Server, WebSocketLimits.Default, writer);
        await new WebSocketKeepAlive(reader, writer, maxMissed: 1).RunAsync(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
        Assert.False(writer.IsClosed);
    }

    [Fact]
    public async Task A_close_that_is_never_answered_ends_in_time()
    {
        Pipe input = new();
        Pipe output = new();
        WebSocketWriter writer = new(output.Writer, WebSocketRole.Server);
        using WebSocketReader reader = new(input.Reader, WebSocketRole.Server, WebSocketLimits.Default, writer);
        Assert.False(await WebSocketClosing.CloseAsync(reader, writer, 1000, "", TimeSpan.FromMilliseconds(20), TimeProvider.System));
        Assert.True(writer.IsClosed);
    }
}
