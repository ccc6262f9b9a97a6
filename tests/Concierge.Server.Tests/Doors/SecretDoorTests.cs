using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using Concierge.Calls.Outbound;
using Concierge.Calls.Twilio;
using Concierge.Pipelines;
using Concierge.Server.Configuration;
using Concierge.Server.Node;
using Concierge.Server.Tests.Node;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concierge.Server.Tests.Doors;

/// <summary>Secrets and hostile text: what a node says on every way out it has, while everything goes wrong.</summary>
public sealed class SecretDoorTests : IDisposable
{
    private const string ModelKey = "sk-model-0123456789abcdef";
    private const string AuthToken = "auth-token-0123456789abcdef";
    private const string CarrierSecret = "carrier-secret-0123456789";
    private const string Start = """
        {"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{"streamSid":"MZ1","accountSid":"AC1","callSid":"%","tracks":["inbound"],
        "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{}}}
        """;

    private static readonly (string Secret, ApiKey Key) s_key = ApiKey.Create("operator", ApiRole.Admin);
    private readonly string _folder = Directory.CreateTempSubdirectory("concierge-secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("door", "secrets")]
    public async Task No_secret_is_in_a_log_line_or_an_answer_whatever_fails()
    {
        // The model refuses the key, the carrier cannot be reached, callers and operators show what they must not.
        await using RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(Scenario.Parse("""{"name":"s","turns":[]}"""), new RealtimeTwinOptions { ApiKey = "another" });
        NodeOptions options = TestNode.Options with
        {
            RealtimeUrl = new Uri(model.Url + "?model=m"),
            Authentication = RealtimeAuthentication.Bearer,
            ApiKey = ModelKey,
            AuthTokens = [AuthToken],
            PublicUrl = new Uri("https://node.example.com"),
            LogLevel = LogLevel.Trace,
            Calls = new CallsOptions
            {
                DataDirectory = _folder,
                NodeName = "secrets",
                ApiKeys = [s_key.Key],
                Carrier = new TwilioClientOptions { BaseUrl = new Uri("http://127.0.0.1:9"), AccountSid = "AC1", Secret = CarrierSecret },
                PhoneNumber = "+15005550006",
                Policy = new() { AllowedPrefixes = ["+1"] },
            },
        };
        EveryLine lines = new();
        StringBuilder said = new();
        await using (TestNode node = await TestNode.StartAsync(options, (tokens, loggers) => Handler(options, tokens, loggers), lines))
        {
            foreach (string path in (string[])["/", "/health", "/metrics", "/calls", "/api/v1/calls", "/api/v1/calls/nobody", "/api/v1/openapi.json", "/nothing", $"/calls?key={s_key.Secret}"])
            {
                said.Append(await GetAsync(node, path, s_key.Secret)).Append(await GetAsync(node, path, "ck_wrong")).Append(await GetAsync(node, path, null));
            }

            using HttpRequestMessage call = new(HttpMethod.Post, "/api/v1/calls") { Content = new StringContent("""{"to":"+14155550123"}""", Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
            call.Headers.Authorization = new AuthenticationHeaderValue("Bearer", s_key.Secret);
            said.Append(await (await node.Http.SendAsync(call)).Content.ReadAsStringAsync());
            Dictionary<string, string> form = new() { ["CallSid"] = "CA1", ["AccountSid"] = "AC1" };
            using HttpRequestMessage twiml = new(HttpMethod.Post, "/twiml") { Content = new FormUrlEncodedContent(form) };
            twiml.Headers.TryAddWithoutValidation(TwilioSignature.HeaderName, TwilioSignature.Compute(AuthToken, "https://node.example.com/twiml", form));
            string document = await (await node.Http.SendAsync(twiml)).Content.ReadAsStringAsync();
            string token = System.Xml.Linq.XDocument.Parse(document).Descendants("Parameter").Single(p => p.Attribute("name")!.Value == "token").Attribute("value")!.Value;
            using ClientWebSocket stream = await node.DialAsync(TwilioSignature.Compute(AuthToken, "wss://node.example.com/media-stream"));
            string start = Start.Replace("%", "CA1", StringComparison.Ordinal).Replace("\"customParameters\":{}", $"\"customParameters\":{{\"token\":\"{token}\"}}", StringComparison.Ordinal);
            await SendAsync(stream, start);
            WebSocketReceiveResult closed = await stream.ReceiveAsync(new byte[1_024], TestNode.Patience());
            Assert.Equal(WebSocketMessageType.Close, closed.MessageType);
            said.Append(closed.CloseStatusDescription);
            Assert.DoesNotContain(token, lines.ToString());
            said.Append(options).Append(options.Calls).Append(node.Host);
        }

        string everything = said.ToString() + lines;
        Assert.Contains("OPENAI_API_KEY", everything); // the refusal was told, by the setting's name
        foreach (string secret in (string[])[ModelKey, AuthToken, CarrierSecret, s_key.Secret, Convert.ToHexStringLower(s_key.Key.Hash)])
        {
            Assert.DoesNotContain(secret, everything);
        }

        static Task<string> GetAsync(TestNode node, string path, string? key)
        {
            HttpRequestMessage request = new(HttpMethod.Get, path);
            request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
            return ReadAsync(node, request);
        }

        static async Task<string> ReadAsync(TestNode node, HttpRequestMessage request)
        {
            using HttpResponseMessage answer = await node.Http.SendAsync(request);
            return answer + await answer.Content.ReadAsStringAsync();
        }
    }

    [Theory]
    [InlineData("CA1\\n2026-01-01 error: The node is compromised")]
    [InlineData("CA1\\u001b[2J")]
    [InlineData("CA1\\u2028x")]
    [InlineData("")]
    [Trait("door", "log injection")]
    public async Task What_a_stream_calls_itself_brings_no_line_into_the_log(string sid)
    {
        NodeOptions options = TestNode.Options with { RequireStreamToken = false, LogLevel = LogLevel.Trace };
        EveryLine lines = new();
        await using TestNode node = await TestNode.StartAsync(options, (tokens, loggers) => Handler(options, tokens, loggers), lines);
        using ClientWebSocket stream = await node.DialAsync();
        await SendAsync(stream, Start.Replace("%", sid, StringComparison.Ordinal));
        WebSocketReceiveResult closed = await stream.ReceiveAsync(new byte[1_024], TestNode.Patience());
        Assert.Equal(1_008, (int)closed.CloseStatus!);
        await stream.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", TestNode.Patience());
        Assert.True(await node.Host.StopAsync());
        string told = lines.ToString();
        Assert.Contains("an identifier that is none", told);
        Assert.DoesNotContain("compromised", told);
        Assert.DoesNotContain("\u001b", told);
        Assert.DoesNotContain("\u2028", told);
    }

    [Theory]
    [InlineData("/api/v1/calls/%0a2026-01-01%20error:%20compromised")]
    [InlineData("/twiml?call_id=%0a2026-01-01%20error:%20compromised&CallSid=CA1%0acompromised&AccountSid=AC1")]
    [InlineData("/compromised%0d%0aSet-Cookie:%20x=y")]
    [Trait("door", "log injection")]
    public async Task What_a_request_asks_for_is_in_no_log_line(string path)
    {
        EveryLine lines = new();
        await using TestNode node = await TestNode.StartAsync(TestNode.Options with { LogLevel = LogLevel.Trace }, (_, _) => new EchoHandler(), lines);
        string answer = await node.SendRawAsync($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 ", answer);
        Assert.DoesNotContain("compromised", lines.ToString());
        Assert.DoesNotContain("Set-Cookie", answer);
    }

    [Theory]
    [InlineData("../outside.wav")]
    [InlineData("..\\..\\outside.wav")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/../../outside.wav")]
    [InlineData("\0")]
    [InlineData("")]
    [InlineData(".")]
    [Trait("door", "paths")]
    public void A_recordings_name_leads_out_of_no_folder(string name)
    {
        string recordings = Path.Combine(_folder, "recordings");
        Directory.CreateDirectory(recordings);
        string outside = Path.Combine(_folder, "outside.wav");
        File.WriteAllText(outside, "");
        if (name.Contains('\\', StringComparison.Ordinal))
        {
            Assert.Equal(recordings, Path.GetDirectoryName(RecordingFiles.Locate(recordings, name))); // an odd name, in the folder
        }
        else
        {
            Assert.Null(RecordingFiles.Locate(recordings, name));
        }

        Assert.Equal(0, RecordingFiles.Delete(recordings, [name], NullLogger.Instance));
        Assert.True(File.Exists(outside));
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [Trait("door", "API keys")]
    public void Whoever_has_one_address_of_a_network_of_his_own_has_all_of_them(string one, string other, bool same) =>
        Assert.Equal(same, System.Net.IPAddress.Parse(one).Holder().Equals(System.Net.IPAddress.Parse(other).Holder()));

    private static CallStreamHandler Handler(NodeOptions options, StreamTokens tokens, ILoggerFactory loggers) => new(
        options,
        tokens,
        admit => new CallPlan(new Agents.Realtime.RealtimeRunner(FrontDeskAgent.Create(options), NodeSession.RunnerOptions(options, TimeProvider.System, admit)).CreateSession()),
        loggers,
        TimeProvider.System,
        new CallSessionOptions { Upstream = new UpstreamOptions { Attempts = 1, ApologySound = default } });

    private static async Task SendAsync(ClientWebSocket socket, string message)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes("""{"event":"connected","protocol":"Call","version":"1.0.0"}"""), WebSocketMessageType.Text, endOfMessage: true, TestNode.Patience());
        await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, TestNode.Patience());
    }
}
