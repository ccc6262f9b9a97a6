using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.Calls.Life;
using Concierge.Calls.Outcome;
using Concierge.Server.Api;
using Concierge.Server.Configuration;
using Concierge.Server.Tests.Node;
using Microsoft.Data.Sqlite;

namespace Concierge.Server.Tests.Api;

/// <summary>The operator's API: who may, what it answers, and that nothing leads astray.</summary>
public sealed class CallsApiTests : IDisposable
{
    private static readonly (string Secret, ApiKey Key) s_read = ApiKey.Create("reader", ApiRole.Read);
    private static readonly (string Secret, ApiKey Key) s_call = ApiKey.Create("caller", ApiRole.Call);
    private static readonly (string Secret, ApiKey Key) s_admin = ApiKey.Create("admin", ApiRole.Admin);

    private readonly string _folder = Directory.CreateTempSubdirectory("concierge-api-").FullName;

    private NodeOptions Open => TestNode.Options with { Calls = new CallsOptions { DataDirectory = _folder, NodeName = "api", RecordingsDirectory = Path.Combine(_folder, "recordings") } };

    private NodeOptions Keyed => Open with { Calls = Open.Calls! with { ApiKeys = [s_read.Key, s_call.Key, s_admin.Key] } };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("GET", "/api/v1/calls", "read")]
    [InlineData("GET", "/api/v1/calls/call_1", "read")]
    [InlineData("GET", "/api/v1/calls/call_1/transcript", "read")]
    [InlineData("GET", "/api/v1/calls/call_1/facts", "read")]
    [InlineData("GET", "/api/v1/calls/call_1/events", "read")]
    [InlineData("GET", "/calls", "read")]
    [InlineData("GET", "/calls/call_1/status", "read")]
    [InlineData("GET", "/metrics", "read")]
    [InlineData("POST", "/api/v1/calls", "call")]
    [InlineData("POST", "/calls", "call")]
    [InlineData("POST", "/api/v1/calls/call_1/hangup", "call")]
    [InlineData("POST", "/process-request", "call")]
    [InlineData("DELETE", "/api/v1/calls/call_1", "admin")]
    [InlineData("POST", "/api/v1/deletions", "admin")]
    [InlineData("GET", "/api/v1/export", "admin")]
    [Trait("door", "API keys")]
    public async Task Each_route_wants_its_role(string method, string path, string role)
    {
        await using TestNode node = await StartAsync(Keyed);
        string[] order = ["read", "call", "admin"];
        string[] secrets = [s_read.Secret, s_call.Secret, s_admin.Secret];
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(node, method, path, null)).StatusCode);
        for (int i = 0; i < order.Length; i++)
        {
            HttpStatusCode status = (await SendAsync(node, method, path, secrets[i])).StatusCode;
            bool allowed = i >= Array.IndexOf(order, role);
            Assert.Equal(allowed, status is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized));
        }
    }

    [Fact]
    [Trait("door", "API keys")]
    public async Task Shuts_out_who_guesses_and_never_says_more_about_a_wrong_key()
    {
        await using TestNode node = await StartAsync(Keyed);
        for (int i = 0; i < ApiAuthority.MaxFailures; i++)
        {
            using HttpResponseMessage wrong = await SendAsync(node, "GET", "/calls", "ck_guess" + i);
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
            Assert.DoesNotContain("guess", await wrong.Content.ReadAsStringAsync());
        }

        using HttpResponseMessage locked = await SendAsync(node, "GET", "/calls", s_admin.Secret);
        Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
        Assert.True(locked.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        using HttpResponseMessage health = await node.Http.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    [Trait("door", "API keys")]
    public async Task A_key_counts_in_its_header_only_and_only_once()
    {
        await using TestNode node = await StartAsync(Keyed);
        Assert.Equal(HttpStatusCode.Unauthorized, (await node.Http.GetAsync($"/calls?key={s_admin.Secret}&access_token={s_admin.Secret}")).StatusCode);
        string twice = await node.SendRawAsync($"GET /calls HTTP/1.1\r\nHost: {node.Host.Address.Authority}\r\nAuthorization: Bearer {s_admin.Secret}\r\nAuthorization: Bearer {s_read.Secret}\r\n\r\n");
        Assert.Contains(" 401 ", twice.Split('\n')[0]);
        Assert.DoesNotContain(s_admin.Secret, s_admin.Key.ToSetting());
        Assert.True(ApiKey.TryParse(s_admin.Key.ToSetting(), out ApiKey read) && read.Hash.SequenceEqual(s_admin.Key.Hash));
    }

    [Theory]
    [InlineData("Host: evil.example.com\r\n")] // a name that was made to lead here
    [InlineData("Host: 127.0.0.1\r\nX-Forwarded-For: 203.0.113.7\r\n")]
    [InlineData("Host: 127.0.0.1\r\nForwarded: for=203.0.113.7\r\n")]
    [InlineData("Host: 127.0.0.1\r\nOrigin: https://evil.example.com\r\n")]
    [InlineData("Host: 127.0.0.1\r\nOrigin: null\r\n")]
    [Trait("door", "origin")]
    public async Task Without_keys_it_serves_this_machine_only(string headers)
    {
        await using TestNode node = await StartAsync(Open);
        Assert.Contains(" 403 ", (await node.SendRawAsync($"GET /calls HTTP/1.1\r\n{headers}\r\n")).Split('\n')[0]);
        Assert.Contains(" 200 ", (await node.SendRawAsync("GET /calls HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")).Split('\n')[0]);
    }

    [Fact]
    public async Task Tells_everything_about_a_call()
    {
        await using TestNode node = await StartAsync(Open);
        await FillAsync(node);
        JsonNode call = await JsonAsync(node, "/api/v1/calls/call_1");
        Assert.Equal(("completed", "CA1", "MZ1", true), (Text(call["state"]), Text(call["call_sid"]), Text(call["stream_sid"]), call["settled"]!.GetValue<bool>()));
        Assert.Equal("B4711", Text(call["outcome"]!["confirmation_number"]));
        JsonNode transcript = await JsonAsync(node, "/api/v1/calls/call_1/transcript");
        Assert.Equal(["Trattoria, hello?", "A table =for two, \"please\"."], transcript.AsArray().Select(t => Text(t!["text"])));
        JsonNode facts = await JsonAsync(node, "/api/v1/calls/call_1/facts");
        Assert.Equal("created", Text(facts["facts"]![0]!["kind"]));
        JsonNode legacy = await JsonAsync(node, "/calls/call_1/status");
        Assert.Equal(("call_1", "completed", "B4711"), (Text(legacy["call_id"]), Text(legacy["status"]), Text(legacy["confirmation_number"])));
        Assert.Equal(2, legacy["transcript"]!.AsArray().Count);
        JsonNode page = await JsonAsync(node, "/api/v1/calls?state=completed,busy&direction=outbound&number=%2B14155550123&limit=1&from=2026-01-01T00:00:00Z");
        Assert.Equal("call_1", Text(page["calls"]![0]!["id"]));
        Assert.Equal(0, (await JsonAsync(node, "/calls?direction=inbound"))["total"]!.GetValue<int>());
        string metrics = await node.Http.GetStringAsync("/metrics");
        Assert.Contains("concierge_store_available 1\n", metrics);
    }

    [Theory]
    [InlineData("?state=unheard")]
    [InlineData("?limit=0")]
    [InlineData("?limit=1001")]
    [InlineData("?from=yesterday")]
    [InlineData("?direction=up")]
    [InlineData("?cursor=%27%3B%20DROP%20TABLE%20calls")]
    [InlineData("?colour=blue")]
    public async Task Says_what_is_wrong_with_a_filter(string query)
    {
        await using TestNode node = await StartAsync(Open);
        using HttpResponseMessage answer = await node.Http.GetAsync("/api/v1/calls" + query);
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
    }

    [Theory]
    [InlineData("/api/v1/calls/..%2F..%2Fetc%2Fpasswd")]
    [InlineData("/api/v1/calls/%2e%2e%2fcalls.db")]
    [InlineData("/api/v1/calls/call_1%00")]
    [InlineData("/api/v1/calls/' OR 1=1 --")]
    [InlineData("/calls/..%5C..%5Csecrets/status")]
    [Trait("door", "paths")]
    public async Task An_id_that_is_none_leads_nowhere(string path)
    {
        await using TestNode node = await StartAsync(Open);
        string answer = await node.SendRawAsync($"GET {path.Replace(" ", "%20", StringComparison.Ordinal)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        Assert.Matches(" (400|404) ", answer.Split('\n')[0]);
    }

    [Fact]
    public async Task Streams_what_happens_and_closes_when_nothing_more_is_to_come()
    {
        await using TestNode node = await StartAsync(Open);
        CallBook book = node.Host.Memory!.Book;
        book.Record(new CallFact.Created { CallId = "call_2", At = book.Now, Direction = CallDirection.Inbound });
        await book.FlushAsync(default);
        Task<string> events = node.Http.GetStringAsync("/api/v1/calls/call_2/events");
        book.Record(new CallFact.Said { CallId = "call_2", At = book.Now, ItemId = "i1", Entry = new TranscriptEntry(TranscriptSpeaker.Caller, "Hello?", 0, 500) });
        book.Record(new CallFact.Reported { CallId = "call_2", At = book.Now, State = CallState.Completed, Cause = "callback", Source = CallFactSource.Callback });
        string text = await events.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.StartsWith("event: call\ndata: {", text);
        Assert.Contains("event: said\n", text);
        Assert.Contains("Hello?", text);
        Assert.Contains("event: end\n", text);
        string id = text.Split('\n').Last(l => l.StartsWith("id: ", StringComparison.Ordinal))[4..];
        using HttpRequestMessage again = new(HttpMethod.Get, "/api/v1/calls/call_2/events") { Headers = { { "Last-Event-ID", id } } };
        string rest = await (await node.Http.SendAsync(again)).Content.ReadAsStringAsync();
        Assert.DoesNotContain("event: said", rest);
        Assert.Contains("event: end\n", rest);
    }

    [Fact]
    public async Task Exports_and_deletes()
    {
        await using TestNode node = await StartAsync(Open);
        await FillAsync(node);
        string recording = Path.Combine(_folder, "recordings", "call_1.wav");
        Directory.CreateDirectory(Path.GetDirectoryName(recording)!);
        await File.WriteAllTextAsync(recording, "");

        string[] csv = (await node.Http.GetStringAsync("/api/v1/export?format=csv")).Split("\r\n");
        Assert.StartsWith("id,call_sid,direction,", csv[0]);
        Assert.Contains(",+14155550123,", csv[1]);
        Assert.Contains(",'=HYPERLINK(1),", csv[1]); // what others said is no formula
        JsonNode line = JsonNode.Parse((await node.Http.GetStringAsync("/api/v1/export")).Trim())!;
        Assert.Equal(8, line["facts"]!.AsArray().Count);

        CallBook book = node.Host.Memory!.Book;
        book.Record(new CallFact.Created { CallId = "call_9", At = book.Now, Direction = CallDirection.Inbound });
        Assert.Equal(HttpStatusCode.Conflict, (await node.Http.DeleteAsync("/api/v1/calls/call_9")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(node, "/api/v1/deletions", "{}")).StatusCode);
        using HttpResponseMessage deleted = await PostAsync(node, "/api/v1/deletions", """{"number":"+14155550123"}""");
        Assert.Equal("""{"deleted":["call_1"],"recordings":1}""", await deleted.Content.ReadAsStringAsync());
        Assert.False(File.Exists(recording));
        Assert.Equal(HttpStatusCode.NotFound, (await node.Http.GetAsync("/api/v1/calls/call_1")).StatusCode);
    }

    [Fact]
    public async Task A_call_whose_end_the_store_does_not_know_yet_is_not_said_to_be_deleted()
    {
        await using TestNode node = await StartAsync(Open);
        await FillAsync(node);
        using SqliteConnection store = new($"Data Source={Path.Combine(_folder, "calls.db")};Pooling=False");
        await store.OpenAsync();
        using SqliteCommand ended = store.CreateCommand();
        ended.CommandText = "UPDATE calls SET settled = 0"; // the end is in the spill file
        Assert.Equal(1, await ended.ExecuteNonQueryAsync());
        using HttpResponseMessage refused = await node.Http.DeleteAsync("/api/v1/calls/call_1");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("Not deleted", await refused.Content.ReadAsStringAsync());
        ended.CommandText = "UPDATE calls SET settled = 1";
        await ended.ExecuteNonQueryAsync();
        Assert.Equal(HttpStatusCode.OK, (await node.Http.DeleteAsync("/api/v1/calls/call_1")).StatusCode);
    }

    [Theory]
    [InlineData("{\"to\":\"+14155550123\"", 400)]
    [InlineData("[]", 400)]
    [InlineData("{\"to\":\"+14155550123\",\"from\":\"+1\"}", 400)]
    [InlineData("{\"to\":\"+14155550123\"}", 503)]
    public async Task A_call_that_cannot_be_placed_is_explained(string body, int status)
    {
        await using TestNode node = await StartAsync(Open);
        using HttpResponseMessage answer = await PostAsync(node, "/api/v1/calls", body);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotContain("5550123", text);
    }

    [Fact]
    public async Task Text_agents_are_asked_when_there_are_any()
    {
        await using TestNode none = await StartAsync(Open);
        Assert.Equal(HttpStatusCode.NotImplemented, (await PostAsync(none, "/process-request", """{"user_input":"A table for two"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await none.Http.PostAsync("/process-request", new StringContent("hello"))).StatusCode);
    }

    [Fact]
    public async Task Describes_every_route_it_serves()
    {
        await using TestNode node = await StartAsync(Keyed);
        JsonNode document = JsonNode.Parse(await node.Http.GetStringAsync("/api/v1/openapi.json"))!;
        Assert.Equal("3.1.0", Text(document["openapi"]));
        foreach ((string path, JsonNode? item) in document["paths"]!.AsObject())
        {
            foreach ((string method, _) in item!.AsObject())
            {
                HttpStatusCode status = (await SendAsync(node, method.ToUpperInvariant(), path.Replace("{id}", "call_1", StringComparison.Ordinal), null)).StatusCode;
                Assert.Equal(HttpStatusCode.Unauthorized, status); // it is there, and it is locked
            }
        }
    }

    private static Task<TestNode> StartAsync(NodeOptions options) => TestNode.StartAsync(options);

    private static async Task FillAsync(TestNode node)
    {
        CallBook book = node.Host.Memory!.Book;
        DateTimeOffset at = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
        CallFact[] facts =
        [
            new CallFact.Created { CallId = "call_1", At = at, Direction = CallDirection.Outbound, From = "+14155550100", To = "+14155550123", Agent = "book" },
            new CallFact.StreamStarted { CallId = "call_1", At = at, StreamSid = "MZ1", CallSid = "CA1" },
            new CallFact.Said { CallId = "call_1", At = at, ItemId = "b", Entry = new TranscriptEntry(TranscriptSpeaker.Agent, "A table =for two, \"please\".", 2_000, 3_000) },
            new CallFact.Said { CallId = "call_1", At = at, ItemId = "a", Entry = new TranscriptEntry(TranscriptSpeaker.Caller, "Trattoria, hello?", 0, 1_000) },
            new CallFact.OutcomeRecorded { CallId = "call_1", At = at, Outcome = new CallOutcome { Status = CallOutcomeStatus.Confirmed, ConfirmationNumber = "B4711", Name = "=HYPERLINK(1)" } },
            new CallFact.Recorded { CallId = "call_1", At = at, Recording = new CallRecording("call_1.wav", 1, 1, 2) },
            new CallFact.StreamEnded { CallId = "call_1", At = at.AddSeconds(60), Reason = "carrier_stopped" },
            new CallFact.Reported { CallId = "call_1", At = at.AddSeconds(60), State = CallState.Completed, Cause = "callback", Source = CallFactSource.Callback },
        ];
        Assert.All(facts, f => book.Record(f));
        await book.FlushAsync(default);
    }

    private static string? Text(JsonNode? node) => node?.GetValue<string>();

    private static async Task<JsonNode> JsonAsync(TestNode node, string path) => JsonNode.Parse(await node.Http.GetStringAsync(path))!;

    private static Task<HttpResponseMessage> PostAsync(TestNode node, string path, string body) =>
        node.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")));

    private static async Task<HttpResponseMessage> SendAsync(TestNode node, string method, string path, string? key)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return await node.Http.SendAsync(request);
    }
}
