using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Concierge.Calls.Life;
using Concierge.Calls.Policy;
using Concierge.Calls.Store;
using Concierge.Calls.Twilio;
using Concierge.Pipelines;
using Concierge.Server.Configuration;
using Concierge.Server.Hosting;
using Concierge.Server.Node;
using Concierge.Server.Tests.Node;
using Concierge.Simulation.Exchange;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Concierge.Server.Tests.Calls;

/// <summary>Nodes on one store, the twin of the carrier with REST in front, the twin of the model behind, real sockets between.</summary>
internal sealed class TestFleet : IAsyncDisposable
{
    public const string Number = "+14155550123";
    private const string AuthToken = "12345";
    private readonly List<NodeHost> _nodes = [];
    private readonly List<string> _folders = [];
    private FleetPlan _plan = new();

    private TestFleet(RealtimeTwinServer model, TwilioExchangeServer carrier, string? database)
    {
        Model = model;
        Carrier = carrier;
        Database = database;
    }

    public static TheoryData<string> Kinds => ["sqlite", "postgresql"];

    public RealtimeTwinServer Model { get; }

    public TwilioExchangeServer Carrier { get; }

    public string? Database { get; }

    public IReadOnlyList<NodeHost> Nodes => _nodes;

    /// <summary>Starts nodes that all are the node of the public address; the carrier reaches the last one.</summary>
    public static async Task<TestFleet> StartAsync(
        string kind, Scenario scenario, int nodes = 1, Func<CallsOptions, CallsOptions>? configure = null, string? database = null, Func<TwilioExchangeOptions, TwilioExchangeOptions>? carrier = null,
        FleetPlan? plan = null, ILoggerProvider? logging = null)
    {
        if (kind == "postgresql" && database is null)
        {
            PostgresCluster? cluster = await PostgresCluster.SharedAsync();
            Assert.SkipWhen(cluster is null, PostgresCluster.Missing);
            database = await cluster!.CreateDatabaseAsync();
        }

        int[] ports = [.. Enumerable.Range(0, nodes).Select(_ => LocalPorts.Free())];
        Uri publicUrl = new("https://node.example.com");
        TwilioExchangeOptions exchange = new()
        {
            AuthToken = AuthToken,
            Scenario = scenario,
            CallsPerSecond = 0,
            PublicUrl = publicUrl,
            ReachableUrl = new Uri($"http://127.0.0.1:{ports[^1]}"),
            CallbackOrder = StatusCallbackOrder.Swapped,
            DuplicateEveryCallbacks = 2,
        };
        exchange = carrier?.Invoke(exchange) ?? exchange;
        TestFleet fleet = new(await RealtimeTwinServer.StartAsync(scenario), await TwilioExchangeServer.StartAsync(exchange), database) { _plan = plan ?? new FleetPlan() };
        foreach (int port in ports)
        {
            await fleet.AddNodeAsync(port, publicUrl, exchange.AccountSid, configure, logging);
        }

        return fleet;
    }

    public async Task AddNodeAsync(int port, Uri publicUrl, string accountSid, Func<CallsOptions, CallsOptions>? configure, ILoggerProvider? logging = null)
    {
        string folder = Directory.CreateTempSubdirectory("concierge-fleet-").FullName;
        _folders.Add(folder);
        CallsOptions calls = new()
        {
            DataDirectory = folder,
            DatabaseUrl = Database,
            NodeName = $"node-{port}",
            Carrier = new TwilioClientOptions { BaseUrl = Carrier.Url, AccountSid = accountSid, Secret = AuthToken },
            PhoneNumber = "+15005550006",
            Policy = new DestinationPolicyOptions { AllowedPrefixes = ["+1"], CallsPerMinute = 100, CallsPerNumberAndHour = 100 },
            RingTimeout = TimeSpan.FromSeconds(5),
            SettleInterval = TimeSpan.FromMilliseconds(200),
        };
        NodeOptions options = TestNode.Options with
        {
            RealtimeUrl = new Uri(Model.Url + "?model=m"),
            AuthTokens = [AuthToken],
            AccountSid = accountSid,
            PublicUrl = publicUrl,
            Port = port,
            LogLevel = logging is null ? TestNode.Options.LogLevel : LogLevel.Trace,
            Calls = configure?.Invoke(calls) ?? calls,
        };
        _nodes.Add(await NodeHost.StartAsync(options, TimeProvider.System, services => new CallStreamHandler(
            options,
            services.Tokens,
            admit => new CallPlan(_plan.CreateController(NodeSession.Create(options), services.Calls!.Book, admit)),
            services.Loggers,
            TimeProvider.System,
            new CallSessionOptions { Upstream = _plan.Upstream },
            calls: services.Calls,
            places: services.Provider!.GetRequiredService<CallRegistry>()),
            logging is null ? null : builder => builder.AddProvider(logging)));
    }

    public HttpClient Client(int node = 0) => new() { BaseAddress = _nodes[node].Address };

    public async Task<string> PlaceAsync(int node = 0, string to = Number)
    {
        using HttpClient http = Client(node);
        using HttpResponseMessage answer = await http.PostAsync("/api/v1/calls", new StringContent($$"""{"to":"{{to}}"}""", Encoding.UTF8, new MediaTypeHeaderValue("application/json")));
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, body);
        return JsonNode.Parse(body)!["id"]!.GetValue<string>();
    }

    public async Task<CallRecord> EndAsync(string id, int node = 0) => await _nodes[node].Memory!.Outbound!.WaitForEndAsync(id, Patience());

    /// <summary>Has the carrier end the call, as when the callee hangs up.</summary>
    public void HangUp(int call = 0)
    {
        TwilioExchange exchange = Carrier.Exchange;
        string account = exchange.Options.AccountSid;
        string authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account}:{AuthToken}"));
        TwilioRestAnswer answer = exchange.Handle("POST", $"/2010-04-01/Accounts/{account}/Calls/{exchange.Calls[call].Sid}.json", "Status=completed", authorization);
        Assert.Equal(200, answer.Status);
    }

    /// <summary>Waits until a call is as wanted, as the given node tells it.</summary>
    public async Task<CallRecord> UntilAsync(string id, Func<CallRecord, bool> condition, int node = 0)
    {
        CancellationToken patience = Patience();
        while (true)
        {
            try
            {
                if (await _nodes[node].Memory!.Book.GetAsync(id, patience) is { } call && condition(call))
                {
                    return call;
                }
            }
            catch (CallStoreException)
            {
                // A store that takes its time on a busy machine is asked again.
            }

            await Task.Delay(20, patience);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(n => n.DisposeAsync().AsTask()));
        await Carrier.DisposeAsync();
        await Model.DisposeAsync();
        _folders.ForEach(f => Directory.Delete(f, recursive: true));
    }

    private static CancellationToken Patience() => new CancellationTokenSource(TimeSpan.FromSeconds(90)).Token;
}
