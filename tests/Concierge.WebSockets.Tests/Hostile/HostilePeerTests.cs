using System.Buffers;
using System.Net.Sockets;
using System.Text;

namespace Concierge.WebSockets.Tests.Hostile;

/// <summary>Peers that mean harm, over real sockets: each ends within bounds, and memory stays flat.</summary>
public sealed class HostilePeerTests
{
    private static readonly WebSocketLimits s_limits = new() { MaxFramePayload = 64 * 1024, MaxMessageSize = 64 * 1024, MaxFragmentsPerMessage = 100 };

    [Fact]
    public async Task An_upgrade_that_never_ends_is_cut_by_its_time_out()
    {
        using Loopback listener = new();
        (Socket client, WebSocketTransport server) = await listener.PairAsync();
        using (client)
        await using (server)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "u8.ToArray());
            using CancellationTokenSource patience = new(TimeSpan.FromMilliseconds(100));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await WebSocketServerHandshake.RunAsync(server, ct: patience.Token));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_header_bomb_is_refused_with_431(bool manyFields)
    {
        using Loopback listener = new();
        (Socket client, WebSocketTransport server) = await listener.PairAsync();
        using (client)
        await using (server)
        {
            string bomb = manyFields ? string.Concat(Enumerable.Repeat("A: b\r\n", 200)) + "\r\n" : "A: " + new string('x', 100_000);
            Task sending = SendQuietlyAsync(client, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n" + bomb));
            (HttpHead? head, WebSocketUpgradeDecision decision) = await WebSocketServerHandshake.RunAsync(server);
            Assert.Null(head);
            Assert.Equal((431, WebSocketHandshakeError.HeadTooLarge), (decision.StatusCode, decision.Error));
            Task<bool> closing = server.CloseAsync(WebSocketRole.Server, TimeSpan.FromSeconds(30), TimeProvider.System).AsTask();
            await sending;
            Assert.StartsWith("HTTP/1.1 431 ", Encoding.ASCII.GetString(await ReceiveAllAsync(client)));
            client.Shutdown(SocketShutdown.Send);
            Assert.True(await closing);
        }
    }

    [Theory]
    [InlineData("endless fragments", WebSocketError.MessageTooBig, 1009)]
    [InlineData("empty fragments", WebSocketError.TooManyFragments, 1008)]
    [InlineData("huge length", WebSocketError.FrameTooBig, 1009)]
    [InlineData("unmasked", WebSocketError.MaskRequired, 1002)]
    public async Task A_peer_that_breaks_a_limit_still_reads_why_although_it_goes_on_sending(string attack, WebSocketError error, int code)
    {
        using Loopback listener = new();
        (Socket client, WebSocketTransport server) = await listener.PairAsync();
        using (client)
        await using (server)
        {
            byte[] wire = attack switch
            {
                "endless fragments" => Wire.Join([Wire.Frame(2, new byte[1000], fin: false), .. Enumerable.Repeat(Wire.Frame(0, new byte[1000], fin: false), 400)]),
                "empty fragments" => Wire.Join([Wire.Frame(1, [], fin: false), .. Enumerable.Repeat(Wire.Frame(0, [], fin: false), 20_000)]),
                "huge length" => [0x82, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, .. new byte[200_000]],
                _ => Wire.Frame(1, new byte[60_000], masked: false),
            };
            Task sending = SendQuietlyAsync(client, wire);
            WebSocketWriter writer = new(server.Output, WebSocketRole.Server);
            WebSocketReader reader = new(server.Input, WebSocketRole.Server, s_limits, writer);
            Assert.Equal(WebSocketReadStatus.Error, await reader.ReadAsync());
            Assert.Equal(error, reader.Error);
            await writer.DrainAsync();
            reader.Dispose();
            Task<bool> closing = server.CloseAsync(WebSocketRole.Server, TimeSpan.FromSeconds(30), TimeProvider.System).AsTask();
            await sending;
            Assert.Equal([$"close:{code}:"], Wire.Describe(await ReceiveAllAsync(client)));
            client.Shutdown(SocketShutdown.Send);
            Assert.True(await closing);
        }
    }

    [Fact]
    public async Task A_flood_of_pings_from_a_peer_that_reads_nothing_grows_nothing()
    {
        using Loopback listener = new();
        (Socket client, WebSocketTransport server) = await listener.PairAsync(receiveBuffer: 4096);
        using (client)
        await using (server)
        {
            WebSocketWriter writer = new(server.Output, WebSocketRole.Server);
            WebSocketReader reader = new(server.Input, WebSocketRole.Server, s_limits, writer);
            byte[] pings = Wire.Join([.. Enumerable.Repeat(Wire.Frame(9, new byte[125]), 1000)]);
            Task flooding = Task.Run(async () =>
            {
                for (int i = 0; i < 200; i++)
                {
                    await SendQuietlyAsync(client, pings);
                }

                client.Shutdown(SocketShutdown.Send);
            });

            // 26 MB of pings; nobody reads the pongs, and the reader still goes on.
            Assert.Equal(WebSocketReadStatus.EndOfStream, await reader.ReadAsync());
            Assert.Equal(200_000, reader.FramesReceived);
            Assert.InRange(writer.PendingBytes, 0, 16 * 1024);
            await flooding;
            server.Abort();
        }
    }

    [Fact]
    public async Task Nothing_after_a_close_is_parsed()
    {
        using Loopback listener = new();
        (Socket client, WebSocketTransport server) = await listener.PairAsync();
        using (client)
        await using (server)
        {
            await client.SendAsync(Wire.Join(Wire.Close(1000), Wire.Text("never"), Wire.Frame(9, [1])));
            WebSocketWriter writer = new(server.Output, WebSocketRole.Server);
            WebSocketReader reader = new(server.Input, WebSocketRole.Server, s_limits, writer);
            Assert.Equal(WebSocketReadStatus.Close, await reader.ReadAsync());
            Assert.Equal(WebSocketReadStatus.EndOfStream, await reader.ReadAsync());
            await writer.DrainAsync();
            await server.ShutdownSendAsync();
            Assert.Equal(["close:1000:"], Wire.Describe(await ReceiveAllAsync(client)));
        }
    }

    [Theory]
    [InlineData("nothing sent")]
    [InlineData("inside a header")]
    [InlineData("inside a payload")]
    [InlineData("inside a message")]
    [InlineData("after a message")]
    [InlineData("after our close")]
    public async Task A_reset_ends_reader_and_writer_in_every_state(string state)
    {
        using Loopback listener = new();
        (Socket client, WebSocketTransport server) = await listener.PairAsync();
        await using (server)
        {
            WebSocketWriter writer = new(server.Output, WebSocketRole.Server);
            using WebSocketReader reader = new(server.Input, WebSocketRole.Server, s_limits, writer);
            byte[] frame = Wire.Text("0123456789");
            await client.SendAsync(state switch
            {
                "inside a header" => frame[..3],
                "inside a payload" => frame[..9],
                "inside a message" => Wire.Text("begun", fin: false),
                "after a message" => frame,
                _ => [],
            });
            if (state == "after our close")
            {
                await writer.CloseAsync(1000, "");
            }

            if (state == "after a message")
            {
                Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync());
            }

            ValueTask<WebSocketReadStatus> pending = reader.ReadAsync();
            client.LingerState = new LingerOption(true, 0);
            client.Dispose();
            Assert.Equal(WebSocketReadStatus.EndOfStream, await pending);
            Assert.Contains(reader.Error, new[] { WebSocketError.TransportFailed, WebSocketError.Truncated, WebSocketError.None });
            for (int i = 0; i < 50 && !writer.IsClosed; i++)
            {
                writer.TryAppend(WebSocketOpcode.Binary, new byte[1000]);
                await writer.DrainAsync();
            }

            Assert.True(writer.IsClosed);
        }
    }

    [Fact]
    public async Task A_half_closed_peer_is_still_answered()
    {
        using Loopback listener = new();
        (Socket client, WebSocketTransport server) = await listener.PairAsync();
        using (client)
        await using (server)
        {
            await client.SendAsync(Wire.Text("last words"));
            client.Shutdown(SocketShutdown.Send);
            WebSocketWriter writer = new(server.Output, WebSocketRole.Server);
            WebSocketReader reader = new(server.Input, WebSocketRole.Server, s_limits, writer);
            Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync());
            Assert.Equal(WebSocketReadStatus.EndOfStream, await reader.ReadAsync());
            Assert.Equal(WebSocketError.None, reader.Error);
            writer.TryAppend(WebSocketOpcode.Text, "heard"u8);
            await writer.CloseAsync(1001, "");
            await server.ShutdownSendAsync();
            Assert.Equal(["text:heard", "close:1001:"], Wire.Describe(await ReceiveAllAsync(client)));
        }
    }

    [Fact]
    public async Task Writing_to_a_peer_that_stops_reading_is_bounded_and_ends_by_abort()
    {
        using Loopback listener = new();
        (Socket client, WebSocketTransport server) = await listener.PairAsync(receiveBuffer: 4096);
        using (client)
        await using (server)
        {
            WebSocketWriterOptions bounds = new() { ControlBudget = 32 * 1024, MediaBudget = 32 * 1024 };
            WebSocketWriter writer = new(server.Output, WebSocketRole.Server, bounds);
            byte[] kilobyte = new byte[1024];
            WebSocketAppendResult control = WebSocketAppendResult.Accepted;
            for (int i = 0; i < 20_000 || control == WebSocketAppendResult.Accepted; i++)
            {
                Assert.NotEqual(WebSocketAppendResult.Full, writer.TryAppend(WebSocketOpcode.Binary, kilobyte, WebSocketLane.Media));
                control = writer.TryAppend(WebSocketOpcode.Binary, kilobyte);
                writer.Flush();
                Assert.InRange(writer.PendingBytes, 0, 128 * 1024);
            }

            Assert.Equal(WebSocketAppendResult.Full, control);
            Assert.True(writer.DroppedMessages > 0);
            Task drained = writer.DrainAsync().AsTask();
            server.Abort();
            await drained;
            Assert.True(writer.IsFaulted);
        }
    }

    [Fact]
    public async Task A_refusal_with_an_endless_body_is_captured_up_to_its_limit()
    {
        using Loopback listener = new();
        Task server = listener.ServeAsync(async transport =>
        {
            await transport.Input.ReadAsync();
            try
            {
                await transport.Output.WriteAsync("HTTP/1.1 503 Busy\r\n\r\n"u8.ToArray());
                for (int i = 0; i < 1000; i++)
                {
                    await transport.Output.WriteAsync(new byte[10_000]);
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The client has seen enough.
            }
        });
        WebSocketConnectException refused = await Assert.ThrowsAsync<WebSocketConnectException>(
            async () => await new WebSocketClientConnector(Loopback.Direct with { MaxErrorBody = 1000 }).ConnectAsync(new WebSocketClientRequest(listener.Address)));
        Assert.Equal((503, 1000), (refused.StatusCode, refused.ResponseBody.Length));
        await server;
    }

    private static async Task SendQuietlyAsync(Socket socket, byte[] data)
    {
        try
        {
            for (int sent = 0; sent < data.Length;)
            {
                sent += await socket.SendAsync(data.AsMemory(sent));
            }
        }
        catch (SocketException)
        {
            // The other side may have had enough.
        }
    }

    private static async Task<byte[]> ReceiveAllAsync(Socket socket)
    {
        ArrayBufferWriter<byte> all = new();
        while (true)
        {
            int count = await socket.ReceiveAsync(all.GetMemory(4096));
            if (count == 0)
            {
                return all.WrittenSpan.ToArray();
            }

            all.Advance(count);
        }
    }
}
