using System.Text;

namespace Concierge.WebSockets.Tests;

public sealed class WebSocketClientConnectorTests
{
    [Fact]
    public async Task Connects_and_keeps_frames_that_came_with_the_response()
    {
        using Loopback listener = new();
        Task server = listener.ServeAsync(async transport =>
        {
            (HttpHead? _, WebSocketUpgradeDecision decision) = await WebSocketServerHandshake.RunAsync(transport, ["v1"]);
            Assert.True(decision.IsAccepted);
            WebSocketWriter writer = new(transport.Output, WebSocketRole.Server);
            writer.TryAppend(WebSocketOpcode.Text, "early"u8);
            await writer.CloseAsync(1000, "bye");
            await transport.ShutdownSendAsync();
            Assert.Equal(WebSocketReadStatus.Close, await new WebSocketReader(transport.Input, WebSocketRole.Server, WebSocketLimits.Default, writer).ReadAsync());
        });
        await using WebSocketTransport client = await new WebSocketClientConnector(Loopback.Direct).ConnectAsync(new WebSocketClientRequest(listener.Address) { Subprotocols = ["v1"] });
        Assert.Equal("v1", client.Subprotocol);
        WebSocketWriter clientWriter = new(client.Output, WebSocketRole.Client);
        WebSocketReader reader = new(client.Input, WebSocketRole.Client, WebSocketLimits.Default, clientWriter);
        Assert.Equal(WebSocketReadStatus.Message, await reader.ReadAsync());
        Assert.Equal("early", Encoding.UTF8.GetString(reader.Payload));
        Assert.Equal(WebSocketReadStatus.Close, await reader.ReadAsync());
        Assert.Equal((1000, "bye"), (reader.CloseCode, reader.CloseReason));
        await server;
    }

    [Fact]
    public async Task Reports_a_refusal_with_its_status_fields_and_body()
    {
        using Loopback listener = new();
        Task server = listener.ServeAsync(transport => RawAsync(
            transport, "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 9\r\n\r\nslow down"));
        WebSocketConnectException refused = await FailAsync(listener.Address);
        Assert.Equal(WebSocketConnectError.UpgradeRefused, refused.Error);
        Assert.Equal(429, refused.StatusCode);
        Assert.Equal("7", refused.Response?.Find("retry-after"));
        Assert.Equal("slow down", refused.ResponseBody);
        await server;
    }

    [Fact]
    [Trait("door", "model key")]
    public async Task Refuses_redirects_nonsense_and_an_early_end()
    {
        foreach ((string answer, WebSocketHandshakeError expected) in new[]
        {
            ("HTTP/1.1 302 Found\r\nLocation: ws://elsewhere/\r\nContent-Length: 0\r\n\r\n", WebSocketHandshakeError.Redirected),
            ("220 mail ready\r\n", WebSocketHandshakeError.Malformed),
            ("HTTP/1.1 101 Swit", WebSocketHandshakeError.EndedEarly),
        })
        {
            using Loopback listener = new();
            Task server = listener.ServeAsync(transport => RawAsync(transport, answer));
            Assert.Equal(expected, (await FailAsync(listener.Address)).HandshakeError);
            await server;
        }
    }

    [Fact]
    public async Task Gives_up_on_a_server_that_never_answers()
    {
        using Loopback listener = new();
        using CancellationTokenSource over = new();
        Task server = listener.ServeAsync(async transport => await Task.Delay(Timeout.Infinite, over.Token).ContinueWith(_ => { }, TaskScheduler.Default));
        WebSocketConnectException refused = await FailAsync(listener.Address, Loopback.Direct with { HandshakeTimeout = TimeSpan.FromMilliseconds(50) });
        Assert.Equal(WebSocketConnectError.HandshakeTimeout, refused.Error);
        await over.CancelAsync();
        await server;
    }

    [Fact]
    public async Task Reports_a_port_where_nobody_listens()
    {
        Uri address;
        using (Loopback listener = new())
        {
            address = listener.Address;
        }

        Assert.Equal(WebSocketConnectError.ConnectFailed, (await FailAsync(address)).Error);
    }

    private static Task<WebSocketConnectException> FailAsync(Uri address, WebSocketConnectorOptions? options = null) =>
        Assert.ThrowsAsync<WebSocketConnectException>(async () => await new WebSocketClientConnector(options ?? Loopback.Direct).ConnectAsync(new WebSocketClientRequest(address)));

    private static async Task RawAsync(WebSocketTransport transport, string answer)
    {
        await transport.Input.ReadAsync();
        await transport.Output.WriteAsync(Encoding.ASCII.GetBytes(answer));
        await transport.ShutdownSendAsync();
    }
}
