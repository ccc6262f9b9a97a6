using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Concierge.WebSockets.Conformance;

namespace Concierge.WebSockets.Tests.Interop;

/// <summary>Both roles against System.Net.WebSockets, and the suite client against a suite of our own.</summary>
public sealed class PlatformInteropTests
{
    private static readonly int[] s_sizes = [0, 1, 125, 126, 127, 65535, 65536, 1_000_000];

    [Fact]
    public async Task Serves_the_platforms_client_with_its_whole_handshake()
    {
        using EchoServer server = new(0);
        using CancellationTokenSource over = new();
        Task running = server.RunAsync(over.Token);
        using ClientWebSocket client = new();
        client.Options.Proxy = null;
        client.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/"), CancellationToken.None);
        foreach (int size in s_sizes)
        {
            byte[] payload = Wire.Octets(size);
            await client.SendAsync(payload.AsMemory(0, size / 2), WebSocketMessageType.Binary, endOfMessage: false, CancellationToken.None);
            await client.SendAsync(payload.AsMemory(size / 2), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
            Assert.Equal(payload, await ReceiveAsync(client));
        }

        await client.CloseAsync((WebSocketCloseStatus)3456, "done", CancellationToken.None);
        Assert.Equal(3456, (int?)client.CloseStatus);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Is_served_by_the_platforms_server()
    {
        using Loopback listener = new();
        (Socket socket, WebSocketTransport transport) = await listener.PairAsync();
        using WebSocket server = WebSocket.CreateFromStream(new NetworkStream(socket, ownsSocket: true), isServer: true, null, TimeSpan.Zero);
        await using (transport)
        {
            WebSocketWriter writer = new(transport.Output, WebSocketRole.Client, new WebSocketWriterOptions { ControlBudget = 4 * 1024 * 1024 });
            WebSocketReader reader = new(transport.Input, WebSocketRole.Client, WebSocketLimits.Default, writer);
            foreach (int size in s_sizes)
            {
                byte[] payload = Wire.Octets(size);
                writer.TryAppend(WebSocketOpcode.Binary, payload);
                Task drained = writer.DrainAsync().AsTask();
                byte[] there = await ReceiveAsync(server);
                Assert.Equal(payload, there);
                await drained;
                Task back = server.SendAsync(there, WebSocketMessageType.Binary, true, CancellationToken.None);
                Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync());
                Assert.True(reader.Payload.SequenceEqual(payload));
                await back;
            }

            await server.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "bye", CancellationToken.None);
            Assert.Equal(WebSocketReadStatus.Close, await reader.ReadAsync());
            Assert.Equal((1001, "bye"), (reader.CloseCode, reader.CloseReason));
            Assert.Empty(await ReceiveAsync(server));
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, server.CloseStatus);
        }
    }

    [Fact]
    public async Task Closes_cleanly_with_the_platform_when_this_side_begins()
    {
        using Loopback listener = new();
        (Socket socket, WebSocketTransport transport) = await listener.PairAsync();
        using WebSocket server = WebSocket.CreateFromStream(new NetworkStream(socket, ownsSocket: true), isServer: true, null, TimeSpan.Zero);
        await using (transport)
        {
            WebSocketWriter writer = new(transport.Output, WebSocketRole.Client);
            WebSocketReader reader = new(transport.Input, WebSocketRole.Client, WebSocketLimits.Default, writer);
            await server.SendAsync("late"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
            Task<bool> closing = WebSocketClosing.CloseAsync(reader, writer, 1000, "end", TimeSpan.FromSeconds(30), TimeProvider.System).AsTask();
            Assert.Empty(await ReceiveAsync(server));
            Assert.Equal("end", server.CloseStatusDescription);
            await server.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            Assert.True(await closing);
        }
    }

    [Fact]
    public async Task The_suite_client_runs_every_case_and_asks_for_the_report()
    {
        using Loopback listener = new();
        List<string> asked = [];
        Task suite = Task.Run(async () =>
        {
            for (int connection = 0; connection < 4; connection++)
            {
                await listener.ServeAsync(async transport =>
                {
                    (HttpHead? head, WebSocketUpgradeDecision _) = await WebSocketServerHandshake.RunAsync(transport);
                    asked.Add(head!.Second);
                    WebSocketWriter writer = new(transport.Output, WebSocketRole.Server);
                    WebSocketReader reader = new(transport.Input, WebSocketRole.Server, WebSocketLimits.Default, writer);
                    writer.TryAppend(WebSocketOpcode.Text, "2"u8);
                    writer.Flush();
                    if (head.Second.StartsWith("/runCase", StringComparison.Ordinal))
                    {
                        Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync());
                        Assert.Equal("2", Encoding.UTF8.GetString(reader.Payload));
                    }

                    Assert.True(await WebSocketClosing.CloseAsync(reader, writer, 1000, "", TimeSpan.FromSeconds(30), TimeProvider.System));
                    reader.Dispose();
                    Assert.True(await transport.CloseAsync(WebSocketRole.Server, TimeSpan.FromSeconds(30), TimeProvider.System));
                });
            }
        });
        Assert.Equal(0, await SuiteClient.RunAsync(new Uri($"ws://127.0.0.1:{listener.Port}"), "an agent"));
        await suite;
        Assert.Equal(["/getCaseCount", "/runCase?case=1&agent=an%20agent", "/runCase?case=2&agent=an%20agent", "/updateReports?agent=an%20agent"], asked);
    }

    private static async Task<byte[]> ReceiveAsync(WebSocket socket)
    {
        List<byte> all = [];
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            all.AddRange(buffer.AsSpan(0, result.Count));
            if (result.EndOfMessage)
            {
                return [.. all];
            }
        }
    }
}
