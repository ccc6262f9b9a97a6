using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.Simulation.Exchange;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Tests.Calls;
using Concierge.Simulation.Time;
using Concierge.Simulation.Wire;

namespace Concierge.Simulation.Tests.Exchange;

/// <summary>A carrier on a virtual clock with a node of a few lines: what a webhook answers is a function, streams end in the naive bridge and the model's twin.</summary>
internal sealed class ExchangeBench
{
    public const string Connect = """<Response><Connect><Stream url="wss://node.example/media"><Parameter name="k" value="v &amp; w"/></Stream></Connect></Response>""";

    private readonly Func<string, IReadOnlyDictionary<string, string>, string> _answers;

    private ExchangeBench(VirtualTimeLoop loop, Func<string, IReadOnlyDictionary<string, string>, string> answers)
    {
        Loop = loop;
        _answers = answers;
    }

    public VirtualTimeLoop Loop { get; }

    public TwilioExchange Exchange { get; private set; } = null!;

    public string Account => "/2010-04-01/Accounts/" + Exchange.Options.AccountSid;

    /// <summary>Each webhook in order of arrival: path, fields.</summary>
    public List<(string Path, IReadOnlyDictionary<string, string> Fields, HttpRequestMessage Request)> Webhooks { get; } = [];

    /// <summary>Paths that answer late.</summary>
    public Dictionary<string, TimeSpan> Delays { get; } = [];

    public List<NaiveBridge> Bridges { get; } = [];

    public List<WebSockets.WebSocketClientRequest> Dialled { get; } = [];

    public static void Run(
        Func<ExchangeBench, Task> test, Func<string, IReadOnlyDictionary<string, string>, string>? answers = null, TwilioExchangeOptions? options = null)
    {
        var loop = new VirtualTimeLoop();
        var bench = new ExchangeBench(loop, answers ?? ((_, _) => Connect));
        loop.Run(async () =>
        {
            bench.Exchange = new TwilioExchange((options ?? new TwilioExchangeOptions()) with { WebhookHandler = new Node(bench), DialStream = bench.DialAsync }, loop.TimeProvider);
            await test(bench);
            await bench.Exchange.DisposeAsync();
            return 0;
        });
        Assert.Equal(0, loop.OutsidePosts);
    }

    public (int Status, JsonObject Body) Rest(string method, string path, string body = "", string? user = null)
    {
        string credentials = user ?? $"{Exchange.Options.AccountSid}:{Exchange.Options.AuthToken}";
        TwilioRestAnswer answer = Exchange.Handle(method, path, body, "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        return (answer.Status, answer.Body.Length == 0 ? [] : JsonNode.Parse(answer.Body)!.AsObject());
    }

    public TwilioExchangeCall Place(string more = "", string to = "%2B15005550110", string url = "Url=https%3A%2F%2Fnode.example%2Fvoice")
    {
        (int status, JsonObject body) = Rest("POST", Account + "/Calls.json", $"To={to}&From=%2B15005550006&{url}&{more}");
        Assert.True(status == 201, body.ToJsonString());
        return Exchange.Calls.Single(c => c.Sid == body["sid"]!.ToString());
    }

    public Task WaitAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), Loop.TimeProvider);

    private ValueTask<IDuplexPipe> DialAsync(WebSockets.WebSocketClientRequest request, CancellationToken ct)
    {
        Dialled.Add(request);
        (IDuplexPipe carrier, IDuplexPipe node) = InMemoryDuplex.CreatePair();
        (IDuplexPipe near, IDuplexPipe far) = InMemoryDuplex.CreatePair();
        _ = new RealtimeTwinSession(far, Exchange.Options.Scenario, Loop.TimeProvider).RunAsync(CancellationToken.None);
        var bridge = new NaiveBridge(node, near);
        Bridges.Add(bridge);
        _ = bridge.RunAsync();
        return ValueTask.FromResult(carrier);
    }

    private sealed class Node(ExchangeBench bench) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string form = request.Content is null ? request.RequestUri!.Query : await request.Content.ReadAsStringAsync(cancellationToken);
            string path = request.RequestUri!.AbsolutePath;
            var fields = RestForm.Parse(form).Fields.ToDictionary(f => f.Key, f => f.Value);
            bench.Webhooks.Add((path, fields, request));
            if (bench.Delays.TryGetValue(path, out TimeSpan delay))
            {
                await Task.Delay(delay, bench.Loop.TimeProvider, cancellationToken);
            }

            string answer = bench._answers(path, fields);
            int status = int.TryParse(answer, out int code) ? code : 200;
            var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(status == 200 ? answer : "")) };
            response.Content.Headers.ContentType = new MediaTypeHeaderValue(answer.StartsWith('<') ? "text/xml" : "text/plain");
            if (status is >= 300 and < 400)
            {
                response.Headers.Location = new Uri("/again", UriKind.Relative);
            }

            return response;
        }
    }
}
