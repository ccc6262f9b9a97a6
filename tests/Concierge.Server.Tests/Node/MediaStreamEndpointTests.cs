using System.Net.WebSockets;
using System.Text;
using Concierge.Calls.Twilio;
using Concierge.Pipelines;
using Concierge.Server.Configuration;

namespace Concierge.Server.Tests.Node;

public class MediaStreamEndpointTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Good = "GET /media-stream HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + Key + "\r\n";

    [Fact]
    public async Task Upgrades_and_carries_messages_both_ways()
    {
        EchoHandler handler = new();
        await using TestNode node = await TestNode.StartAsync(handler: handler);
        using ClientWebSocket socket = await node.DialAsync();
        Assert.Equal("hello", await EchoAsync(socket, "hello"));
        Assert.Equal(1, node.Host.Calls.Running);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", TestNode.Patience());
        Assert.True(await node.Host.StopAsync());
        Assert.Equal([CallEndReason.CarrierClosed], handler.Ended);
    }

    [Fact]
    [Trait("door", "compression")]
    public async Task Answers_with_the_accept_key_of_the_standard_and_offers_nothing_else()
    {
        // RFC 6455 §1.3's own example.
        await using TestNode node = await TestNode.StartAsync();
        string answer = await node.SendRawAsync(Good + "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: chat\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", answer);
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", answer);
        Assert.Contains("Upgrade: websocket\r\n", answer);
        Assert.Contains("Connection: Upgrade\r\n", answer);
        Assert.DoesNotContain("Sec-WebSocket-Extensions", answer);
        Assert.DoesNotContain("Sec-WebSocket-Protocol", answer);
    }

    [Theory]
    [InlineData("Upgrade: websocket\r\n", "", 426)]
    [InlineData("Connection: Upgrade\r\n", "", 400)]
    [InlineData("Upgrade: websocket", "Upgrade: h2c", 426)]
    [InlineData("Sec-WebSocket-Version: 13\r\n", "", 426)]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", 426)]
    [InlineData("Sec-WebSocket-Key: " + Key + "\r\n", "", 400)]
    [InlineData(Key, "c2hvcnQ=", 400)]
    [InlineData(Key, "not base64 of 16 octets!", 400)]
    [InlineData("Sec-WebSocket-Key: " + Key, "Sec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Key: " + Key, 400)]
    [InlineData("HTTP/1.1", "HTTP/1.0", 505)]
    [InlineData("GET /", "POST /", 405)]
    [InlineData("Host: h", "Host: h\r\nOrigin: https://evil.example", 403)]
    [Trait("door", "origin")]
    public async Task Refuses_an_upgrade_that_is_not_one(string from, string to, int status)
    {
        await using TestNode node = await TestNode.StartAsync();
        string answer = await node.SendRawAsync(Good.Replace(from, to, StringComparison.Ordinal) + "Content-Length: 0\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Contains("application/problem+json", answer);
        Assert.Equal(0, node.Host.Calls.Admitted);
    }

    [Fact]
    public async Task Names_the_version_it_speaks()
    {
        await using TestNode node = await TestNode.StartAsync();
        string answer = await node.SendRawAsync(Good.Replace("13", "12", StringComparison.Ordinal) + "\r\n");
        Assert.Contains("Sec-WebSocket-Version: 13\r\n", answer);
        Assert.Contains("Upgrade: websocket\r\n", answer);
    }

    [Fact]
    [Trait("door", "signature, upgrade")]
    public async Task Checks_the_signature_before_it_upgrades()
    {
        NodeOptions options = TestNode.Options with { PublicUrl = new Uri("https://example.com"), AuthTokens = ["12345", "67890"] };
        await using TestNode node = await TestNode.StartAsync(options);
        foreach (string url in new[] { "wss://example.com/media-stream", "wss://example.com/media-stream/", "wss://example.com:443/media-stream" })
        {
            using ClientWebSocket socket = await node.DialAsync(TwilioSignature.Compute("67890", url));
            Assert.Equal("x", await EchoAsync(socket, "x"));
        }

        Assert.StartsWith("HTTP/1.1 403 ", await node.SendRawAsync(Good + "\r\n"));
        Assert.StartsWith("HTTP/1.1 403 ", await node.SendRawAsync($"{Good}X-Twilio-Signature: {TwilioSignature.Compute("12345", "https://example.com/media-stream")}\r\n\r\n"));
        Assert.Equal(3, node.Host.Calls.Admitted);
    }

    [Fact]
    public async Task Refuses_calls_beyond_its_bound_and_takes_one_again_when_one_has_ended()
    {
        await using TestNode node = await TestNode.StartAsync(TestNode.Options with { MaxCalls = 1 });
        using (ClientWebSocket first = await node.DialAsync())
        {
            await EchoAsync(first, "x");
            string answer = await node.SendRawAsync(Good + "\r\n");
            Assert.StartsWith("HTTP/1.1 503 ", answer);
            Assert.Contains("Retry-After: ", answer);
            await first.CloseAsync(WebSocketCloseStatus.NormalClosure, "", TestNode.Patience());
        }

        await UntilAsync(() => node.Host.Calls.Running == 0);
        using ClientWebSocket second = await node.DialAsync();
        Assert.Equal("y", await EchoAsync(second, "y"));
    }

    [Fact]
    public async Task Lets_calls_end_in_order_when_it_stops_and_refuses_new_ones_meanwhile()
    {
        EchoHandler handler = new();
        await using TestNode node = await TestNode.StartAsync(handler: handler);
        using ClientWebSocket socket = await node.DialAsync();
        await EchoAsync(socket, "x");

        Task<bool> stop = node.Host.StopAsync();
        WebSocketReceiveResult goodbye = await socket.ReceiveAsync(new byte[16], TestNode.Patience());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, goodbye.CloseStatus);
        Assert.StartsWith("HTTP/1.1 503 ", await node.SendRawAsync(Good + "\r\n"));
        Assert.Contains("draining", await node.SendRawAsync("GET /health HTTP/1.1\r\nHost: h\r\n\r\n"));
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", TestNode.Patience());
        Assert.True(await stop);
        Assert.Equal([CallEndReason.Draining], handler.Ended);
    }

    [Fact]
    public async Task Cuts_off_a_call_that_does_not_end_when_told_to_wait_no_longer()
    {
        EchoHandler handler = new() { IsStubborn = true };
        await using TestNode node = await TestNode.StartAsync(handler: handler);
        using ClientWebSocket socket = await node.DialAsync();
        await EchoAsync(socket, "x");
        using CancellationTokenSource force = new();
        Task<bool> stop = node.Host.StopAsync(force.Token);
        Assert.False(stop.IsCompleted);
        await force.CancelAsync();
        Assert.False(await stop);
        await UntilAsync(() => node.Host.Calls.Running == 0);
        Assert.Equal([CallEndReason.CarrierDisconnected], handler.Ended);
        await Assert.ThrowsAnyAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[16], TestNode.Patience()));
    }

    private static async Task<string> EchoAsync(ClientWebSocket socket, string text)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestNode.Patience());
        byte[] buffer = new byte[256];
        WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, TestNode.Patience());
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        CancellationToken patience = TestNode.Patience();
        while (!condition())
        {
            await Task.Delay(10, patience);
        }
    }
}
