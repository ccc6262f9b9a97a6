using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;

namespace Concierge.Simulation.Exchange;

/// <summary>The account, the numbers that can be called, and how the carrier behaves.</summary>
public sealed record TwilioExchangeOptions
{
    /// <summary>The account: AC and 32 hexadecimal digits.</summary>
    public string AccountSid { get; init; } = TwilioSid.Make("AC", 1);

    /// <summary>Its primary token: the password of REST requests and the key of all signatures.</summary>
    public string AuthToken { get; init; } = "twin-auth-token";

    /// <summary>API keys (SK...) with their secrets, taken beside the account's own credentials.</summary>
    public IReadOnlyDictionary<string, string> ApiKeys { get; init; } = new Dictionary<string, string>();

    /// <summary>What happens at numbers that <see cref="Numbers"/> does not list. Default: the booking.</summary>
    public Scenario Scenario { get; init; } = ScenarioLibrary.BookingConfirmed;

    /// <summary>What happens at a number: its scenario's callee answers, or not (<see cref="ScenarioCallee.Answers"/>).</summary>
    public IReadOnlyDictionary<string, Scenario> Numbers { get; init; } = new Dictionary<string, Scenario>();

    /// <summary>Seeds identifiers and the order of callbacks.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Calls started per second; more are queued. The vendor's default is 1; 0 does not queue.</summary>
    public double CallsPerSecond { get; init; } = 1;

    /// <summary>Total time of a webhook. The vendor allows 15 s.</summary>
    public TimeSpan WebhookTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time of one attempt to connect to a webhook. The vendor allows 5 s, and two attempts.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The address that the carrier believes a node has: requests and streams to its host go to <see cref="ReachableUrl"/> instead, signed for the public one.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Where the node of <see cref="PublicUrl"/> really listens.</summary>
    public Uri? ReachableUrl { get; init; }

    /// <summary>How status callbacks arrive.</summary>
    public StatusCallbackOrder CallbackOrder { get; init; }

    /// <summary>Sends every n-th status callback twice, with the same sequence number; 0 for none.</summary>
    public int DuplicateEveryCallbacks { get; init; }

    /// <summary>REST requests that are refused first.</summary>
    public TwilioRestFaults RestFaults { get; init; } = new();

    /// <summary>The media streams: buffer, time limits, faults. Sids are the exchange's own.</summary>
    public TwilioTwinOptions Stream { get; init; } = new();

    /// <summary>Sends webhooks; null uses real sockets. For tests without a network.</summary>
    public HttpMessageHandler? WebhookHandler { get; init; }

    /// <summary>Dials media streams; null uses real sockets.</summary>
    public Func<WebSockets.WebSocketClientRequest, CancellationToken, ValueTask<System.IO.Pipelines.IDuplexPipe>>? DialStream { get; init; }
}
