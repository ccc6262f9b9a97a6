using System.Net;
using System.Text;
using System.Xml.Linq;
using Concierge.Calls.Twilio;
using Concierge.Server.Configuration;

namespace Concierge.Server.Tests.Node;

public class TwimlEndpointTests
{
    private const string Token = "12345";

    private static readonly Dictionary<string, string> s_call = new()
    {
        ["CallSid"] = "CA0123456789abcdef0123456789abcdef",
        ["AccountSid"] = "AC0123456789abcdef0123456789abcdef",
        ["From"] = "+14158675310",
        ["Direction"] = "inbound",
    };

    private static NodeOptions Public => TestNode.Options with { PublicUrl = new Uri("https://node.example.com"), AuthTokens = [Token] };

    [Fact]
    public async Task Connects_the_call_to_this_very_address_with_a_token_of_its_own()
    {
        await using TestNode node = await TestNode.StartAsync();
        XElement first = await PostAsync(node, "/twiml?call_id=my+call");
        XElement stream = first.Element("Connect")!.Element("Stream")!;
        Assert.Equal($"ws://{node.Host.Address.Authority}/media-stream", stream.Attribute("url")!.Value);
        Assert.Equal(["token", "call_id"], stream.Elements("Parameter").Select(p => p.Attribute("name")!.Value));
        Assert.Equal("my call", stream.Elements("Parameter").Last().Attribute("value")!.Value);

        XElement second = await PostAsync(node, "/twiml");
        Assert.NotEqual(TokenOf(first), TokenOf(second));
        Assert.Equal(43, TokenOf(second).Length);
    }

    [Fact]
    public async Task Names_the_public_address_and_no_token_when_so_configured()
    {
        await using TestNode node = await TestNode.StartAsync(Public with { AuthTokens = [], RequireStreamToken = false });
        XElement stream = (await PostAsync(node, "/twiml")).Element("Connect")!.Element("Stream")!;
        Assert.Equal("wss://node.example.com/media-stream", stream.Attribute("url")!.Value);
        Assert.Empty(stream.Elements());
    }

    [Fact]
    public async Task Answers_a_get_as_well()
    {
        await using TestNode node = await TestNode.StartAsync();
        string body = await node.Http.GetStringAsync("/twiml?CallSid=CA1&AccountSid=AC1");
        Assert.NotNull(XDocument.Parse(body).Root!.Element("Connect"));
    }

    [Fact]
    public async Task Answers_only_what_the_carrier_signed_when_tokens_are_configured()
    {
        await using TestNode node = await TestNode.StartAsync(Public);
        const string Path = "/twiml?call_id=a%20b";
        string right = TwilioSignature.Compute(Token, "https://node.example.com" + Path, s_call);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(node, Path, right)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(node, Path, null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(node, Path, "")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(node, "/twiml?call_id=a+b", right)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(node, Path, TwilioSignature.Compute("54321", "https://node.example.com" + Path, s_call))).StatusCode);
        string ofThisMachine = TwilioSignature.Compute(Token, new Uri(node.Host.Address, Path).ToString(), s_call);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(node, Path, ofThisMachine)).StatusCode);

        using HttpResponseMessage get = await GetAsync(node, "/twiml?CallSid=CA1&AccountSid=AC1", TwilioSignature.Compute(Token, "https://node.example.com/twiml?CallSid=CA1&AccountSid=AC1"));
        Assert.Equal(HttpStatusCode.OK, get.StatusCode);
    }

    [Theory]
    [InlineData("text/plain", "{}", 415)]
    [InlineData("application/json", "{}", 400)]
    [InlineData("application/json", "[]", 400)]
    [InlineData("application/json", "{", 400)]
    [InlineData("application/json", "{\"CallSid\":\"CA1\",\"CallSid\":\"CA2\",\"AccountSid\":\"AC1\"}", 400)]
    [InlineData("application/json", "{\"CallSid\":{\"CallSid\":\"CA1\"},\"AccountSid\":\"AC1\"}", 400)]
    [InlineData("application/x-www-form-urlencoded", "", 400)]
    [InlineData("application/x-www-form-urlencoded", "CallSid=CA1", 400)]
    [InlineData("application/x-www-form-urlencoded", "CallSid=CA1&CallSid=CA2&AccountSid=AC1", 400)]
    [InlineData("application/x-www-form-urlencoded", "CallSid=CA1%00&AccountSid=AC1", 400)]
    [InlineData("multipart/form-data", "CallSid=CA1", 400)]
    public async Task Refuses_a_malformed_request_with_a_reason(string type, string body, int status)
    {
        await using TestNode node = await TestNode.StartAsync();
        using StringContent content = new(body, Encoding.ASCII, type);
        using HttpResponseMessage answer = await node.Http.PostAsync("/twiml", content);
        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    [Trait("door", "limits")]
    public async Task Refuses_a_form_beyond_its_limit()
    {
        await using TestNode node = await TestNode.StartAsync();
        using StringContent content = new("CallSid=CA1&AccountSid=AC1&x=" + new string('y', 100_000), Encoding.ASCII, "application/x-www-form-urlencoded");
        using HttpResponseMessage answer = await node.Http.PostAsync("/twiml", content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Refuses_another_accounts_call()
    {
        await using TestNode node = await TestNode.StartAsync(TestNode.Options with { AccountSid = "AC" + new string('1', 32) });
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(node, "/twiml", null)).StatusCode);
    }

    [Fact]
    public async Task Declines_with_a_busy_tone_when_it_takes_no_calls()
    {
        await using TestNode node = await TestNode.StartAsync();
        node.Host.Calls.BeginDrain();
        Assert.Equal("busy", (await PostAsync(node, "/twiml")).Element("Reject")!.Attribute("reason")!.Value);
    }

    private static string TokenOf(XElement response) =>
        response.Descendants("Parameter").Single(p => p.Attribute("name")!.Value == "token").Attribute("value")!.Value;

    private static async Task<XElement> PostAsync(TestNode node, string path)
    {
        using HttpResponseMessage answer = await SendAsync(node, path, null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/xml", answer.Content.Headers.ContentType!.MediaType);
        return XDocument.Parse(await answer.Content.ReadAsStringAsync()).Root!;
    }

    private static Task<HttpResponseMessage> SendAsync(TestNode node, string path, string? signature)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(s_call) };
        return SendAsync(node, request, signature);
    }

    private static Task<HttpResponseMessage> GetAsync(TestNode node, string path, string signature) =>
        SendAsync(node, new HttpRequestMessage(HttpMethod.Get, path), signature);

    private static Task<HttpResponseMessage> SendAsync(TestNode node, HttpRequestMessage request, string? signature)
    {
        if (signature is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Twilio-Signature", signature);
        }

        return node.Http.SendAsync(request, TestNode.Patience());
    }
}
