using System.Text;
using Concierge.WebSockets.Conformance;

namespace Concierge.WebSockets.Tests.Interop;

/// <summary>Both roles against implementations by other people: npm's ws and python3-websockets.</summary>
public sealed class ExternalInteropTests
{
    [Theory]
    [InlineData("ws-client.js")]
    [InlineData("websockets_client.py")]
    public async Task Serves_a_foreign_client(string script)
    {
        ExternalPeer.Require(script);
        using EchoServer server = new(0);
        using CancellationTokenSource over = new();
        Task running = server.RunAsync(over.Token);
        using (ExternalPeer client = ExternalPeer.Run(script, $"ws://127.0.0.1:{server.Port}/any/path"))
        {
            Assert.Equal("ok", await client.ReadLineAsync());
        }

        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Theory]
    [InlineData("ws-server.js")]
    [InlineData("websockets_server.py")]
    public async Task Is_served_by_a_foreign_server(string script)
    {
        ExternalPeer.Require(script);
        using ExternalPeer server = ExternalPeer.Run(script);
        WebSocketClientRequest request = new(new Uri($"ws://127.0.0.1:{await server.PortAsync()}/echo"));
        await using WebSocketTransport transport = await new WebSocketClientConnector(Loopback.Direct).ConnectAsync(request);
        WebSocketWriter writer = new(transport.Output, WebSocketRole.Client, new WebSocketWriterOptions { ControlBudget = 4 * 1024 * 1024 });
        WebSocketReader reader = new(transport.Input, WebSocketRole.Client, new WebSocketLimits { MaxFramePayload = 4 * 1024 * 1024, MaxMessageSize = 4 * 1024 * 1024 }, writer);
        foreach (int size in new[] { 0, 1, 125, 126, 127, 65535, 65536, 1_000_000 })
        {
            byte[] payload = Wire.Octets(size);
            await EchoAsync(WebSocketOpcode.Binary, payload);
            await EchoAsync(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(new string('é', size)));
        }

        Assert.Equal("one two three", await AskAsync("fragments"));
        Assert.Equal("pong abc", await AskAsync("ping me"));
        writer.TryAppend(WebSocketOpcode.Text, "close me"u8);
        writer.Flush();
        Assert.Equal(WebSocketReadStatus.Close, await reader.ReadAsync());
        Assert.Equal((4001, "as you wish"), (reader.CloseCode, reader.CloseReason));
        await writer.DrainAsync();
        reader.Dispose();
        Assert.True(await transport.CloseAsync(WebSocketRole.Client, TimeSpan.FromSeconds(20), TimeProvider.System));

        async Task EchoAsync(WebSocketOpcode opcode, byte[] payload)
        {
            Assert.Equal(WebSocketAppendResult.Accepted, writer.TryAppend(opcode, payload));
            writer.Flush();
            Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync());
            Assert.Equal(opcode, reader.Opcode);
            Assert.True(reader.Payload.SequenceEqual(payload));
        }

        async Task<string> AskAsync(string text)
        {
            writer.TryAppend(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(text));
            writer.Flush();
            Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync());
            return Encoding.UTF8.GetString(reader.Payload);
        }
    }
}
