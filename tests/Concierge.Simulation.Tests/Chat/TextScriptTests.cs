using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.Simulation.Chat;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Tests.Chat;

/// <summary>The text interfaces as any client sees them, over HTTP.</summary>
public sealed class TextScriptTests
{
    private const string Tools = """[{"type":"function","name":"find_table","parameters":{"type":"object"}}]""";

    [Fact]
    public async Task A_turn_is_taken_by_its_cue_and_used_up_unless_it_repeats()
    {
        await using Client client = await Client.StartAsync("""
            {
              "turns": [
                { "when": { "user": "table" }, "calls": [ { "name": "find_table", "arguments": { "people": 4 } } ] }, // the model asks
                { "when": { "afterTool": "find_table" }, "say": "There is one at eight." },
                { "say": "Hello.", "repeat": true },
              ],
            }
            """);
        JsonNode first = await client.OkAsync("/v1/responses", $$"""{"model":"gpt-5-mini","input":"A TABLE please","tools":{{Tools}} }""");
        JsonNode call = first["output"]![0]!;
        Assert.Equal(("function_call", "find_table", """{"people":4}"""), (call["type"]!.ToString(), call["name"]!.ToString(), call["arguments"]!.ToString()));

        JsonNode second = await client.OkAsync("/v1/responses", $$$"""{"model":"gpt-5-mini","previous_response_id":"{{{first["id"]}}}","input":[{"type":"function_call_output","call_id":"{{{call["call_id"]}}}","output":"20:00"}]}""");
        Assert.Equal("There is one at eight.", second["output"]![0]!["content"]![0]!["text"]!.ToString());
        for (int i = 0; i < 2; i++)
        {
            JsonNode hello = await client.OkAsync("/v1/responses", """{"model":"gpt-5-mini","input":"Hi"}""");
            Assert.Equal("Hello.", hello["output"]![0]!["content"]![0]!["text"]!.ToString());
        }
    }

    [Theory]
    [InlineData("/v1/responses", """{"input":"Hi"}""", 400, "model", "missing_required_parameter")]
    [InlineData("/v1/responses", """{"model":"m"}""", 400, "input", "missing_required_parameter")]
    [InlineData("/v1/responses", """{"model":"m","input":"Hi","previous_response_id":"resp_x"}""", 400, "previous_response_id", "previous_response_not_found")]
    [InlineData("/v1/responses", """{"model":"m","input":[{"type":"function_call_output","call_id":"call_x","output":""}]}""", 400, "input", null)]
    [InlineData("/v1/responses", """{"model":"m","input":[{"type":"function_call","call_id":"call_x","name":"f","arguments":"{}"}]}""", 400, "input", null)]
    [InlineData("/v1/responses", "not json", 400, null, null)]
    [InlineData("/v1/chat/completions", """{"messages":[{"role":"user","content":"Hi"}]}""", 400, null, null)]
    [InlineData("/v1/chat/completions", """{"model":"m"}""", 400, "messages", "missing_required_parameter")]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[{"role":"waiter","content":"Hi"}]}""", 400, "messages[0].role", "invalid_value")]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[{"role":"tool","tool_call_id":"call_x","content":""}]}""", 400, "messages.[0].role", null)]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"call_x","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":"Hi"}]}""", 400, "messages.[0].role", null)]
    [InlineData("/v1/embeddings", "{}", 404, null, null)]
    public async Task A_request_that_the_vendor_refuses_is_refused(string path, string body, int status, string? param, string? code)
    {
        await using Client client = await Client.StartAsync("""{"turns":[]}""");
        (int answered, JsonNode? error, _) = await client.PostAsync(path, body);
        Assert.Equal(status, answered);
        Assert.Equal((param, code, "invalid_request_error"), (error!["error"]!["param"]?.ToString(), error["error"]!["code"]?.ToString(), error["error"]!["type"]!.ToString()));
    }

    [Fact]
    public async Task A_script_that_has_nothing_more_to_say_or_calls_what_is_not_offered_says_so()
    {
        await using Client client = await Client.StartAsync("""{"name":"short","turns":[{"calls":[{"name":"find_table"}]}]}""");
        Assert.Equal("twin_script_mismatch", (await client.PostAsync("/v1/responses", """{"model":"m","input":"Hi"}""")).Body!["error"]!["code"]!.ToString());
        (int status, JsonNode? exhausted, _) = await client.PostAsync("/v1/responses", """{"model":"m","input":"Hi"}""");
        Assert.Equal((500, "twin_script_exhausted"), (status, exhausted!["error"]!["code"]!.ToString()));
        Assert.Contains("'short'", exhausted["error"]!["message"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_failures_and_limits_come_as_scripted()
    {
        await using Client client = await Client.StartAsync("""
            {"turns":[
              {"refuse":429,"retryAfterSeconds":7},
              {"end":"rateLimited"},
              {"say":"One two three four five six","end":"maxOutputTokens"},
              {"say":"One two three four five six"},
              {"json":{"party":4}},
              {"say":"never","dropAfterDeltas":0}
            ]}
            """);
        const string Ask = """{"model":"m","input":"Hi"}""";
        (int status, JsonNode? _, HttpResponseHeaders? headers) = await client.PostAsync("/v1/responses", Ask);
        Assert.Equal((429, 7), (status, headers!.RetryAfter!.Delta!.Value.TotalSeconds));
        Assert.Equal("rate_limit_exceeded", (await client.PostAsync("/v1/responses", Ask)).Body!["error"]!["code"]!.ToString());
        JsonNode half = await client.OkAsync("/v1/responses", Ask);
        Assert.Equal(("incomplete", "max_output_tokens"), (half["status"]!.ToString(), half["incomplete_details"]!["reason"]!.ToString()));
        JsonNode cut = await client.OkAsync("/v1/chat/completions", """{"model":"m","max_completion_tokens":2,"messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal(("One two ", "length"), (cut["choices"]![0]!["message"]!["content"]!.ToString(), cut["choices"]![0]!["finish_reason"]!.ToString()));
        Assert.Equal("""{"party":4}""", (await client.OkAsync("/v1/responses", Ask))["output"]![0]!["content"]![0]!["text"]!.ToString());
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.PostAsync("/v1/responses", Ask));
    }

    [Theory]
    [InlineData("{", "cannot be read")]
    [InlineData("""{"turns":[{"shout":"x"}]}""", "shout")]
    [InlineData("""{"turns":[{"say":"x","json":1}]}""", "Turn 1: say and json")]
    [InlineData("""{"turns":[{"refuse":200}]}""", "400 to 599")]
    [InlineData("{}", "turns")]
    public void A_script_that_makes_no_sense_is_refused_with_its_place(string json, string message) =>
        Assert.Contains(message, Assert.Throws<ScenarioException>(() => TextScript.Parse(json)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Without_a_script_the_scenarios_agent_speaks_and_keys_are_checked()
    {
        await using RealtimeTwinServer server = await RealtimeTwinServer.StartAsync(ScenarioLibrary.BookingConfirmed, new RealtimeTwinOptions { ApiKey = "sk-right" });
        using var http = new HttpClient { BaseAddress = new Uri(server.HttpUrl.AbsoluteUri + "/") };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("models")).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk-right");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("models")).StatusCode);
        using HttpResponseMessage response = await http.PostAsync("responses", new StringContent("""{"model":"m","input":"Hi"}"""));
        Assert.Contains("calling for a guest", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private sealed class Client(RealtimeTwinServer server) : IAsyncDisposable
    {
        private readonly HttpClient _http = new();

        public static async Task<Client> StartAsync(string script) =>
            new(await RealtimeTwinServer.StartAsync(ScenarioLibrary.BookingConfirmed, text: TextScript.Parse(script)));

        public async Task<(int Status, JsonNode? Body, HttpResponseHeaders? Headers)> PostAsync(string path, string body)
        {
            using HttpResponseMessage response = await _http.PostAsync(new Uri(server.HttpUrl, path), new StringContent(body, Encoding.UTF8, "application/json"));
            return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync()), response.Headers);
        }

        public async Task<JsonNode> OkAsync(string path, string body)
        {
            (int status, JsonNode? answer, _) = await PostAsync(path, body);
            Assert.True(status == 200, answer?.ToJsonString());
            return answer!;
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            await server.DisposeAsync();
        }
    }
}
