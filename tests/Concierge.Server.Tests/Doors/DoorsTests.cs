using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Xml.Linq;
using Concierge.Calls.Life;
using Concierge.Calls.Twilio;
using Concierge.Server.Configuration;
using Concierge.Server.Tests.Calls;
using Concierge.Server.Tests.Node;

namespace Concierge.Server.Tests.Doors;

/// <summary>Attacks on a node's doors, each of which must find them shut. Signatures, tokens, destinations and keys have tests of their own beside these.</summary>
public sealed class DoorsTests : IDisposable
{
    private const string Token = "12345";
    private const string Public = "https://node.example.com";
    private static readonly string s_account = "AC" + new string('1', 32);
    private readonly string _folder = Directory.CreateTempSubdirectory("concierge-doors-").FullName;

    private NodeOptions Options => TestNode.Options with
    {
        PublicUrl = new Uri(Public),
        AuthTokens = [Token, "the next token"],
        AccountSid = s_account,
        Calls = new CallsOptions { DataDirectory = _folder, NodeName = "doors", FallbackSentence = "One moment, please.", FallbackNumber = "+14155550177", BusySentence = "All <lines> are & busy." },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/twilio-status")]
    [InlineData("/twiml")]
    [InlineData("/twiml-after")]
    [Trait("door", "signature, form")]
    public async Task No_webhook_is_heard_without_the_carriers_signature(string path)
    {
        await using TestNode node = await TestNode.StartAsync(Options);
        Dictionary<string, string> form = Form("completed");
        string right = TwilioSignature.Compute(Token, Public + path, form);
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(node, path, form, null));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(node, path, form, ""));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(node, path, form, TwilioSignature.Compute("guess", Public + path, form)));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(node, path + "?call_id=call_7", form, right)); // replayed for another call
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(node, path, new Dictionary<string, string>(form) { ["CallStatus"] = "failed" }, right));
        Assert.Empty(node.Host.Memory!.Book.Live);
        Assert.True((int)await PostAsync(node, path, form, right) < 300);
        Assert.True((int)await PostAsync(node, path, form, TwilioSignature.Compute("the next token", Public + path, form)) < 300); // the token is being rotated
    }

    [Theory]
    [InlineData("X-Forwarded-Host: evil.example.com\r\nX-Forwarded-Proto: https\r\n")]
    [InlineData("Forwarded: host=evil.example.com;proto=https\r\n")]
    [Trait("door", "signature, form")]
    public async Task An_address_is_not_taken_from_the_request(string headers)
    {
        await using TestNode node = await TestNode.StartAsync(Options);
        string body = "CallSid=CA1&AccountSid=" + s_account;
        string forged = TwilioSignature.Compute(Token, "https://evil.example.com/twiml", [new("CallSid", "CA1"), new("AccountSid", s_account)]);
        string answer = await node.SendRawAsync(
            $"POST /twiml HTTP/1.1\r\nHost: evil.example.com\r\n{headers}X-Twilio-Signature: {forged}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        Assert.Contains(" 403 ", answer.Split('\n')[0]);
    }

    [Fact]
    [Trait("door", "TwiML injection")]
    public async Task Nothing_a_caller_sends_becomes_a_verb()
    {
        await using TestNode node = await TestNode.StartAsync(Options);
        const string Injection = "\"/></Stream></Connect><Dial>+19005550123</Dial><Stream x=\"";
        string path = "/twiml?call_id=" + Uri.EscapeDataString(Injection);
        Dictionary<string, string> form = Form("ringing");
        form["From"] = Injection;
        XElement twiml = await TwimlAsync(node, path, form);
        Assert.Equal(["Connect"], twiml.Elements().Select(e => e.Name.LocalName));
        Assert.Equal(Injection, twiml.Descendants("Parameter").Single(p => p.Attribute("name")!.Value == "call_id").Attribute("value")!.Value);
        node.Host.Calls.BeginDrain();
        XElement busy = await TwimlAsync(node, "/twiml", Form("ringing"));
        Assert.Equal("All <lines> are & busy.", busy.Element("Say")!.Value);
    }

    [Fact]
    [Trait("door", "replay")]
    public async Task A_call_that_another_call_sid_claims_is_not_handed_over()
    {
        await using TestNode node = await TestNode.StartAsync(Options);
        await TwimlAsync(node, "/twiml?call_id=call_1", Form("ringing"));
        Dictionary<string, string> other = Form("ringing");
        other["CallSid"] = "CA2";
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(node, "/twiml?call_id=call_1", other, TwilioSignature.Compute(Token, Public + "/twiml?call_id=call_1", other)));
    }

    [Fact]
    public async Task Late_doubled_and_swapped_callbacks_come_to_the_same_end()
    {
        await using TestNode node = await TestNode.StartAsync(Options);
        (string Status, int Sequence)[] callbacks = [("completed", 3), ("initiated", 0), ("in-progress", 2), ("completed", 3), ("ringing", 1), ("in-progress", 2)];
        foreach ((string status, int sequence) in callbacks)
        {
            Dictionary<string, string> form = Form(status);
            form["SequenceNumber"] = $"{sequence}";
            form["CallDuration"] = status == "completed" ? "42" : "";
            const string Path = "/twilio-status?call_id=call_1";
            Assert.Equal(HttpStatusCode.NoContent, await PostAsync(node, Path, form, TwilioSignature.Compute(Token, Public + Path, form)));
        }

        await node.Host.Memory!.Book.StoredAsync();
        CallRecord call = (await node.Host.Memory!.Store.GetAsync("call_1", default))!;
        Assert.Equal((CallState.Completed, 3, 42, 4L), (call.State, call.LastSequence, call.DurationSeconds, call.Version));
    }

    [Fact]
    public async Task A_stream_that_was_never_served_falls_back_and_a_served_one_does_not()
    {
        await using TestNode node = await TestNode.StartAsync(Options);
        XElement twiml = await TwimlAsync(node, "/twiml", Form("ringing"));
        Assert.Equal(Public + "/twiml-after", twiml.Element("Connect")!.Attribute("action")!.Value);
        XElement broken = await TwimlAsync(node, "/twiml-after", Form("in-progress"));
        Assert.Equal(["Say", "Dial", "Hangup"], broken.Elements().Select(e => e.Name.LocalName));
        Assert.Equal("+14155550177", broken.Element("Dial")!.Element("Number")!.Value);
        CallBook book = node.Host.Memory!.Book;
        string id = book.Live[0].Id;
        book.Record(new CallFact.StreamStarted { CallId = id, At = book.Now, StreamSid = "MZ1", CallSid = "CA1" });
        book.Record(new CallFact.StreamEnded { CallId = id, At = book.Now, Reason = "agent_ended" });
        XElement served = await TwimlAsync(node, "/twiml-after", Form("in-progress"));
        Assert.Equal(["Hangup"], served.Elements().Select(e => e.Name.LocalName));
    }

    [Theory]
    [InlineData(null, "Hangup")]
    [InlineData("It broke.", "Say,Dial,Hangup")]
    public async Task The_carrier_that_asks_before_the_streams_end_is_written_down_waits_for_it(string? error, string verbs)
    {
        await using TestNode node = await TestNode.StartAsync(Options);
        await TwimlAsync(node, "/twiml", Form("ringing"));
        CallBook book = node.Host.Memory!.Book;
        string id = book.Live[0].Id;
        book.Record(new CallFact.StreamStarted { CallId = id, At = book.Now, StreamSid = "MZ1", CallSid = "CA1" });
        Task<XElement> asked = TwimlAsync(node, "/twiml-after", Form("in-progress"));
        await Task.Delay(300);
        Assert.False(asked.IsCompleted);
        book.Record(new CallFact.StreamEnded { CallId = id, At = book.Now, Reason = "agent_ended", Error = error });
        Assert.Equal(verbs.Split(','), (await asked).Elements().Select(e => e.Name.LocalName));
    }

    [Fact]
    public async Task Of_two_streams_the_last_decides_whether_the_caller_is_left_to_the_fallback()
    {
        await using TestNode node = await TestNode.StartAsync(Options);
        await TwimlAsync(node, "/twiml", Form("ringing"));
        CallBook book = node.Host.Memory!.Book;
        string id = book.Live[0].Id;
        book.Record(new CallFact.StreamStarted { CallId = id, At = book.Now, StreamSid = "MZ1", CallSid = "CA1" });
        book.Record(new CallFact.StreamEnded { CallId = id, At = book.Now, Reason = "keys_pressed" });
        book.Record(new CallFact.StreamStarted { CallId = id, At = book.Now, StreamSid = "MZ2", CallSid = "CA1" });
        book.Record(new CallFact.StreamEnded { CallId = id, At = book.Now, Reason = "model_closed", Error = "It broke." });
        XElement broken = await TwimlAsync(node, "/twiml-after", Form("in-progress"));
        Assert.Equal(["Say", "Dial", "Hangup"], broken.Elements().Select(e => e.Name.LocalName));
    }

    [Fact]
    [Trait("door", "limits")]
    public async Task One_address_does_not_take_all_streams()
    {
        EchoHandler handler = new();
        await using TestNode node = await TestNode.StartAsync(TestNode.Options with { MaxStreamsPerRemote = 2 }, handler);
        using System.Net.WebSockets.ClientWebSocket one = await node.DialAsync(), two = await node.DialAsync();
        string refused = await node.SendRawAsync(
            $"GET /media-stream HTTP/1.1\r\nHost: {node.Host.Address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        Assert.Contains(" 429 ", refused.Split('\n')[0]);
    }

    [Fact]
    [Trait("door", "slow peers")]
    public async Task A_head_that_never_ends_is_not_waited_for()
    {
        await using TestNode node = await TestNode.StartAsync(TestNode.Options with { HeadTimeout = TimeSpan.FromSeconds(1) });
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPEndPoint.Parse(node.Host.Address.Authority), TestNode.Patience());
        await socket.SendAsync(Encoding.ASCII.GetBytes("POST /twiml HTTP/1.1\r\nHost: x\r\nX-Slow: "), TestNode.Patience());
        byte[] buffer = new byte[1_024];
        int read = await socket.ReceiveAsync(buffer, TestNode.Patience()); // 408, or closed; either way not kept
        Assert.True(read == 0 || Encoding.ASCII.GetString(buffer, 0, read).StartsWith("HTTP/1.1 408", StringComparison.Ordinal));
    }

    private static Dictionary<string, string> Form(string status) => new()
    {
        ["CallSid"] = "CA1",
        ["AccountSid"] = s_account,
        ["From"] = "+14155550123",
        ["To"] = "+14155550100",
        ["Direction"] = "inbound",
        ["CallStatus"] = status,
    };

    private static async Task<XElement> TwimlAsync(TestNode node, string path, Dictionary<string, string> form)
    {
        using HttpResponseMessage answer = await SendAsync(node, path, form, TwilioSignature.Compute(Token, Public + path, form));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return XDocument.Parse(await answer.Content.ReadAsStringAsync()).Root!;
    }

    private static async Task<HttpStatusCode> PostAsync(TestNode node, string path, Dictionary<string, string> form, string? signature)
    {
        using HttpResponseMessage answer = await SendAsync(node, path, form, signature);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(TestNode node, string path, Dictionary<string, string> form, string? signature)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) };
        if (signature is not null)
        {
            request.Headers.TryAddWithoutValidation(TwilioSignature.HeaderName, signature);
        }

        return await node.Http.SendAsync(request);
    }
}
