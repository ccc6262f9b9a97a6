using System.Buffers;
using System.Text;

namespace Concierge.WebSockets.Tests;

public sealed class WebSocketHandshakeTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    [Fact]
    public void Computes_the_accept_value_of_the_standards_example() => Assert.Equal(Accept, WebSocketHandshake.ComputeAccept(Key));

    [Fact]
    public void Formats_a_request_that_the_servers_checks_take()
    {
        WebSocketClientRequest request = new(new Uri("ws://example.test:8080/chat?x=1"))
        {
            Headers = [new("Authorization", "Bearer t"), new("Origin", "https://example.test")],
            Subprotocols = ["b", "a"],
        };
        ArrayBufferWriter<byte> output = new();
        WebSocketHandshake.FormatRequest(output, request, Key);
        Assert.Equal(
            OperationStatus.Done,
            HttpHeadParser.Parse(output.WrittenSpan, 4096, isResponse: false, out HttpHead? head, out int consumed, out _));
        Assert.Equal(output.WrittenCount, consumed);
        Assert.Equal(("GET", "/chat?x=1", "HTTP/1.1"), (head!.First, head.Second, head.Third));
        Assert.Equal("example.test:8080", head.Find("host"));
        Assert.Equal("Bearer t", head.Find("authorization"));
        Assert.Null(head.Find("Sec-WebSocket-Extensions"));
        WebSocketUpgradeDecision decision = WebSocketServerUpgrade.Check(head, "a", "b");
        Assert.True(decision.IsAccepted);
        Assert.Equal(Accept, decision.Accept);
        Assert.Equal("a", decision.Subprotocol);
        output.Clear();
        WebSocketHandshake.FormatResponse(output, in decision);
        Assert.Equal(OperationStatus.Done, HttpHeadParser.Parse(output.WrittenSpan, 4096, isResponse: true, out head, out _, out _));
        Assert.Equal(WebSocketHandshakeError.None, WebSocketHandshake.CheckResponse(head!, Key, request.Subprotocols, out string? chosen));
        Assert.Equal("a", chosen);
    }

    [Theory]
    [InlineData("POST", "HTTP/1.1", "Upgrade", "websocket", Key, "13", 405, "Allow")]
    [InlineData("GET", "HTTP/1.0", "Upgrade", "websocket", Key, "13", 505, null)]
    [InlineData("GET", "HTTP/2", "Upgrade", "websocket", Key, "13", 505, null)]
    [InlineData("GET", "HTTP/1.1", "keep-alive", "websocket", Key, "13", 400, null)]
    [InlineData("GET", "HTTP/1.1", "Upgrade", null, Key, "13", 426, "Upgrade")]
    [InlineData("GET", "HTTP/1.1", "Upgrade", "h2c", Key, "13", 426, "Upgrade")]
    [InlineData("GET", "HTTP/1.1", "Upgrade", "websocket", null, "13", 400, null)]
    [InlineData("GET", "HTTP/1.1", "Upgrade", "websocket", "c2hvcnQ=", "13", 400, null)]
    [InlineData("GET", "HTTP/1.1", "Upgrade", "websocket", Key + ", " + Key, "13", 400, null)]
    [InlineData("GET", "HTTP/1.1", "Upgrade", "websocket", Key, "8", 426, "Sec-WebSocket-Version")]
    [InlineData("GET", "HTTP/1.1", "Upgrade", "websocket", Key, null, 426, "Sec-WebSocket-Version")]
    public void Refuses_what_is_no_upgrade(
        string method, string http, string? connection, string? upgrade, string? key, string? version, int status, string? field)
    {
        WebSocketUpgradeDecision decision = WebSocketServerUpgrade.Check(method, http, connection, upgrade, key, version);
        Assert.False(decision.IsAccepted);
        Assert.Equal(status, decision.StatusCode);
        Assert.Equal(field, decision.FieldName);
        Assert.NotEqual("", decision.Describe());
    }

    [Fact]
    public void Takes_tokens_in_lists_and_without_case() =>
        Assert.True(WebSocketServerUpgrade.Check("GET", "HTTP/1.1", "keep-alive, UPGRADE", "foo, WebSocket", Key, "13").IsAccepted);

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", WebSocketHandshakeError.UnexpectedStatus)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: ws://elsewhere\r\n\r\n", WebSocketHandshakeError.Redirected)]
    [InlineData("HTTP/1.1 101 Ok\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + Accept + "\r\n\r\n", WebSocketHandshakeError.UpgradeMissing)]
    [InlineData("HTTP/1.1 101 Ok\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: " + Accept + "\r\n\r\n", WebSocketHandshakeError.ConnectionMissing)]
    [InlineData("HTTP/1.1 101 Ok\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", WebSocketHandshakeError.AcceptMismatch)]
    [InlineData(
        "HTTP/1.1 101 Ok\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x" + Accept + "\r\n\r\n", WebSocketHandshakeError.AcceptMismatch)]
    [InlineData(
        "HTTP/1.1 101 Ok\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + Accept + "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
        WebSocketHandshakeError.ExtensionNotOffered)]
    [InlineData(
        "HTTP/1.1 101 Ok\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + Accept + "\r\nSec-WebSocket-Protocol: other\r\n\r\n",
        WebSocketHandshakeError.SubprotocolNotOffered)]
    public void Refuses_responses_that_are_no_upgrade(string text, WebSocketHandshakeError expected)
    {
        Assert.Equal(OperationStatus.Done, HttpHeadParser.Parse(Encoding.ASCII.GetBytes(text), 4096, isResponse: true, out HttpHead? head, out _, out _));
        Assert.Equal(expected, WebSocketHandshake.CheckResponse(head!, Key, ["mine"], out _));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n")]
    [InlineData("HTTP/2 101\r\n\r\n")]
    [InlineData("HTTP/1.1 1x1 No\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Ok\r\nNo colon\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Ok\r\nBlank : x\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Ok\r\nA: x\r\n folded\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Ok\r\nA: x\ny\r\n\r\n")]
    public void Refuses_heads_that_are_not_http(string text) =>
        Assert.Equal(
            WebSocketHandshakeError.Malformed,
            HttpHeadParser.Parse(Encoding.ASCII.GetBytes(text), 4096, isResponse: true, out _, out _, out WebSocketHandshakeError error) == OperationStatus.InvalidData
                ? error
                : WebSocketHandshakeError.None);

    [Fact]
    public void Bounds_a_head_in_octets_and_fields()
    {
        byte[] endless = Encoding.ASCII.GetBytes("HTTP/1.1 101 Ok\r\nA: " + new string('a', 5000));
        Assert.Equal(OperationStatus.InvalidData, HttpHeadParser.Parse(endless, 4096, true, out _, out _, out WebSocketHandshakeError error));
        Assert.Equal(WebSocketHandshakeError.HeadTooLarge, error);
        StringBuilder many = new("HTTP/1.1 101 Ok\r\n");
        for (int i = 0; i < 101; i++)
        {
            many.Append("A: b\r\n");
        }

        Assert.Equal(OperationStatus.InvalidData, HttpHeadParser.Parse(Encoding.ASCII.GetBytes(many + "\r\n"), 4096, true, out _, out _, out error));
        Assert.Equal(WebSocketHandshakeError.HeadTooLarge, error);
    }

    [Theory]
    [InlineData("http://x/")]
    [InlineData("ws://user@x/")]
    [InlineData("ws://x/#f")]
    [InlineData("/relative")]
    public void Refuses_addresses_that_are_no_websocket(string address) =>
        Assert.Throws<ArgumentException>(() => new WebSocketClientRequest(new Uri(address, UriKind.RelativeOrAbsolute)));

    [Theory]
    [InlineData("Host", "x")]
    [InlineData("Sec-WebSocket-Key", "x")]
    [InlineData("Bad Name", "x")]
    [InlineData("Name", "a\r\nInjected: b")]
    public void Refuses_fields_that_could_change_the_handshake(string name, string value) =>
        Assert.Throws<ArgumentException>(() => WebSocketHandshake.FormatRequest(
            new ArrayBufferWriter<byte>(), new WebSocketClientRequest(new Uri("ws://x/")) { Headers = [new(name, value)] }, Key));
}
