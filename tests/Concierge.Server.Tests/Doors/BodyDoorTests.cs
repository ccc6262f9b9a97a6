using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Concierge.Calls.Life;
using Concierge.Calls.Twilio;
using Concierge.Server.Configuration;
using Concierge.Server.Tests.Calls;
using Concierge.Server.Tests.Node;

namespace Concierge.Server.Tests.Doors;

/// <summary>Bodies of webhooks that are not what was signed, too large, or never there.</summary>
public sealed class BodyDoorTests : IDisposable
{
    private const string Token = "12345";
    private const string Public = "https://node.example.com";
    private const string Body = """{"CallSid":"CA1","CallStatus":"completed","SequenceNumber":3,"CallDuration":"42"}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("concierge-bodies-").FullName;

    private NodeOptions Options => TestNode.Options with
    {
        PublicUrl = new Uri(Public),
        AuthTokens = [Token],
        Calls = new CallsOptions { DataDirectory = _folder, NodeName = "bodies" },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("door", "signature, other bodies")]
    public async Task A_json_callback_counts_when_the_octets_are_those_that_were_hashed()
    {
        await using TestNode node = await TestNode.StartAsync(Options);
        string path = $"/twilio-status?call_id=call_1&bodySHA256={TwilioSignature.HashBody(Encoding.UTF8.GetBytes(Body))}";
        string right = TwilioSignature.Compute(Token, Public + path);
        string bare = TwilioSignature.Compute(Token, Public + "/twilio-status?call_id=call_1");
        Assert.Equal(403, await PostAsync(node, path, Body, null));
        Assert.Equal(403, await PostAsync(node, path, Body, bare));
        Assert.Equal(403, await PostAsync(node, "/twilio-status?call_id=call_1", Body, bare)); // no hash at all
        Assert.Equal(403, await PostAsync(node, path, Body.Replace("completed", "failed", StringComparison.Ordinal), right));
        Assert.Equal(403, await PostAsync(node, path, Body.Replace(":", ": ", StringComparison.Ordinal), right)); // the same meaning is not the same body
        string twice = path + "&bodySHA256=" + TwilioSignature.HashBody("{}"u8);
        Assert.Equal(403, await PostAsync(node, twice, "{}", TwilioSignature.Compute(Token, Public + twice)));
        Assert.Empty(node.Host.Memory!.Book.Live);

        Assert.Equal(204, await PostAsync(node, path, Body, right));
        await node.Host.Memory!.Book.StoredAsync();
        CallRecord call = (await node.Host.Memory!.Store.GetAsync("call_1", default))!;
        Assert.Equal((CallState.Completed, 3, 42), (call.State, call.LastSequence, call.DurationSeconds));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{\"CallSid\":")]
    [InlineData("{\"CallSid\":\"CA1\",\"CallSid\":\"CA2\"}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]")]
    [Trait("door", "signature, other bodies")]
    public async Task A_signed_body_that_is_no_callback_is_refused(string body)
    {
        await using TestNode node = await TestNode.StartAsync(Options);
        string path = $"/twilio-status?bodySHA256={TwilioSignature.HashBody(Encoding.UTF8.GetBytes(body))}";
        Assert.Equal(400, await PostAsync(node, path, body, TwilioSignature.Compute(Token, Public + path)));
    }

    [Theory]
    [InlineData("/twilio-status", "application/json")]
    [InlineData("/twilio-status", "application/x-www-form-urlencoded")]
    [InlineData("/twiml", "application/json")]
    [InlineData("/api/v1/calls", "application/json")]
    [InlineData("/process-request", "application/json")]
    [Trait("door", "limits")]
    public async Task A_body_beyond_its_limit_is_refused_whether_it_says_how_long_it_is_or_not(string path, string type)
    {
        await using TestNode node = await TestNode.StartAsync(Options);
        string body = (type == "application/json" ? "{" : "x=") + new string(' ', 100_000);
        string host = node.Host.Address.Authority;
        Assert.Contains(" 413 ", (await node.SendRawAsync($"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n")).Split('\n')[0]);
        string chunked = await node.SendRawAsync($"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {type}\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n");
        Assert.Contains(" 413 ", chunked.Split('\n')[0]);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [Trait("door", "slow peers")]
    public async Task A_body_that_does_not_come_is_not_waited_for(string type)
    {
        await using TestNode node = await TestNode.StartAsync(Options);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPEndPoint.Parse(node.Host.Address.Authority), TestNode.Patience());
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /twilio-status HTTP/1.1\r\nHost: x\r\nContent-Type: {type}\r\nContent-Length: 1000\r\n\r\n{{"), TestNode.Patience());
        byte[] buffer = new byte[1_024];
        int read = await socket.ReceiveAsync(buffer, new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token); // 408, or closed; either way not kept
        Assert.True(read == 0 || Encoding.ASCII.GetString(buffer, 0, read).StartsWith("HTTP/1.1 408", StringComparison.Ordinal));
    }

    private static async Task<int> PostAsync(TestNode node, string path, string body, string? signature)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        if (signature is not null)
        {
            request.Headers.TryAddWithoutValidation(TwilioSignature.HeaderName, signature);
        }

        using HttpResponseMessage answer = await node.Http.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
