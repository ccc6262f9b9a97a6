using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Concierge.Agents.Restaurants;
using Concierge.Agents.Telephone;
using Concierge.Calls.Life;
using Concierge.Calls.Policy;
using Concierge.Calls.Store;
using Concierge.Calls.Twilio;
using Concierge.Server.Configuration;
using Concierge.Server.Hosting;
using Concierge.Server.Node;
using Concierge.Server.Requests;
using Concierge.Server.Tests.Node;
using Concierge.Simulation.Chat;
using Concierge.Simulation.Exchange;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.TestKit;

namespace Concierge.Server.Tests.Requests;

/// <summary>A node as <c>concierge serve</c> makes it, agents and all, between the twins of the model and the carrier; real sockets, nothing outside this machine.</summary>
internal sealed class ConciergeNode : IAsyncDisposable
{
    private const string AuthToken = "12345";
    private readonly NodeAgents _agents;
    private readonly string _folder;

    private ConciergeNode(RealtimeTwinServer model, TwilioExchangeServer carrier, NodeAgents agents, NodeHost host, string folder)
    {
        Model = model;
        Carrier = carrier;
        Host = host;
        _agents = agents;
        _folder = folder;
        Http = new HttpClient { BaseAddress = host.Address };
    }

    public RealtimeTwinServer Model { get; }

    public TwilioExchangeServer Carrier { get; }

    public NodeHost Host { get; }

    public HttpClient Http { get; }

    public NodeCalls Calls => Host.Memory!;

    public string Folder => _folder;

    /// <summary>Starts it.</summary>
    /// <param name="turns">What both far ends do on each call; with <paramref name="callee"/> before it.</param>
    /// <param name="callee">How the callee answers, as JSON members.</param>
    /// <param name="text">The text model's script; null has rules stand in for a model.</param>
    /// <param name="agentsFile">AGENTS_FILE; null for none.</param>
    /// <param name="routes">INBOUND_ROUTES.</param>
    /// <param name="transfers">TRANSFER_NUMBERS.</param>
    /// <param name="canCall">Whether the node has a carrier.</param>
    public static async Task<ConciergeNode> StartAsync(
        string turns,
        string callee = "",
        string? text = null,
        string? agentsFile = null,
        IReadOnlyDictionary<string, string>? routes = null,
        TransferBook? transfers = null,
        bool canCall = true)
    {
        Scenario scenario = Scenario.Parse($$"""{"name":"node","callee":{"ringMs":100,{{callee}}"patienceMs":60000},"turns":[{{turns}}]}""");
        int port = LocalPorts.Free();
        Uri publicUrl = new("https://node.example.com");
        TwilioExchangeOptions exchange = new()
        {
            AuthToken = AuthToken,
            Scenario = scenario,
            CallsPerSecond = 0,
            PublicUrl = publicUrl,
            ReachableUrl = new Uri($"http://127.0.0.1:{port}"),
        };
        RealtimeTwinServer model = await RealtimeTwinServer.StartAsync(scenario, text: text is null ? null : TextScript.Parse(text));
        TwilioExchangeServer carrier = await TwilioExchangeServer.StartAsync(exchange);
        string folder = Directory.CreateTempSubdirectory("concierge-node-").FullName;
        CallsOptions calls = new()
        {
            DataDirectory = folder,
            NodeName = $"node-{port}",
            Carrier = canCall ? new TwilioClientOptions { BaseUrl = carrier.Url, AccountSid = exchange.AccountSid, Secret = AuthToken } : null,
            PhoneNumber = "+15005550006",
            Policy = new DestinationPolicyOptions { AllowedPrefixes = ["+1"], CallsPerMinute = 100, CallsPerNumberAndHour = 100 },
            RingTimeout = TimeSpan.FromSeconds(5),
            SettleInterval = TimeSpan.FromMilliseconds(200),
            InboundRoutes = routes ?? new Dictionary<string, string>(),
        };
        NodeOptions options = TestNode.Options with
        {
            RealtimeUrl = new Uri(model.Url + "?model=m"),
            AuthTokens = [AuthToken],
            AccountSid = exchange.AccountSid,
            PublicUrl = publicUrl,
            Port = port,
            Predial = true,
            Calls = calls,
        };
        ConciergeOptions concierge = new()
        {
            ApiKey = text is null ? null : "sk-twin",
            ModelUrl = model.HttpUrl,
            Restaurants = [new Restaurant("Trattoria Bella", "+14155550123")],
            DataDirectory = folder,
        };
        NodeAgents agents = NodeAgents.Open(options, agentsFile, transfers, folder);
        return new ConciergeNode(model, carrier, agents, await NodeComposition.StartAsync(options, concierge, agents, TimeProvider.System), folder);
    }

    public static CancellationToken Patience() => new CancellationTokenSource(TimeSpan.FromSeconds(90)).Token;

    /// <summary>What the agents said to the model about the call of a session: its configuration, each time it was sent.</summary>
    public IReadOnlyList<string> Configurations(int session = 0) =>
        [.. Model.Sessions[session].Record.Received.Where(e => e.Type == "session.update").Select(e => JsonNode.Parse(e.Text!)!["session"]!["instructions"]!.GetValue<string>())];

    /// <summary>Makes a request as any client would.</summary>
    public async Task<(int Status, JsonNode Body)> AskAsync(string request, string? session = null)
    {
        using HttpResponseMessage answer = await Http.PostAsync("/process-request", JsonContent.Create(new { user_input = request, session_id = session }), Patience());
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    /// <summary>Waits until a call is as wanted.</summary>
    public async Task<CallRecord> UntilAsync(string id, Func<CallRecord, bool> condition)
    {
        CancellationToken patience = Patience();
        while (true)
        {
            try
            {
                if (await Calls.Book.GetAsync(id, patience) is { } call && condition(call))
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

    /// <summary>The only call there is, when it is over.</summary>
    public async Task<CallRecord> OnlyCallAsync()
    {
        CancellationToken patience = Patience();
        while (true)
        {
            await Calls.Book.FlushAsync(patience);
            if ((await Calls.Store.ListAsync(new() { Limit = 2 }, patience)).Calls is [{ IsSettled: true } call])
            {
                return call;
            }

            await Task.Delay(20, patience);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        await _agents.DisposeAsync();
        await Carrier.DisposeAsync();
        await Model.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
