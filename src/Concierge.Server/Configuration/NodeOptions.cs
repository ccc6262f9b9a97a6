using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Concierge.Pipelines;
using Concierge.Server.Usage;

namespace Concierge.Server.Configuration;

/// <summary>The node's settings: validated once at start, immutable from then on.</summary>
internal sealed record NodeOptions
{
    public const string DefaultRealtimeUrl = "wss://api.openai.com/v1/realtime";
    public const string DefaultModel = "gpt-realtime-2.1";
    public const string DefaultVoice = "marin";
    public const string DefaultTranscriptionModel = "gpt-transcribe";

    /// <summary>The key of the Realtime API; null only with <see cref="RealtimeAuthentication.None"/>. Never logged.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Where the model is dialled, its <c>model</c> parameter included.</summary>
    public required Uri RealtimeUrl { get; init; }

    public required RealtimeAuthentication Authentication { get; init; }

    /// <summary>The model, or on Azure the deployment.</summary>
    public required string Model { get; init; }

    public string Voice { get; init; } = DefaultVoice;

    public string TranscriptionModel { get; init; } = DefaultTranscriptionModel;

    public TurnDetection TurnDetection { get; init; }

    /// <summary>What the agent that answers calls is told; null for the front desk's own.</summary>
    public string? Instructions { get; init; }

    public CallAudioMode AudioMode { get; init; }

    /// <summary>An address, <c>localhost</c>, or <c>0.0.0.0</c> for all.</summary>
    public string Host { get; init; } = "0.0.0.0";

    /// <summary>0 takes any free port.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>What the carrier knows this node by, <c>https://host[:port]</c> without a path; null when only this machine knows it.</summary>
    public Uri? PublicUrl { get; init; }

    public string? AccountSid { get; init; }

    /// <summary>The tokens whose signatures count; none means that nothing is checked. Never logged.</summary>
    public IReadOnlyList<string> AuthTokens { get; init; } = [];

    public bool RequireStreamToken { get; init; } = true;

    /// <summary>Whether the node itself listens for callers who cut in, for agents that say nothing of it.</summary>
    public bool LocalBargeIn { get; init; }

    /// <summary>How long a caller must speak before the agent is stopped, for agents that say nothing of it.</summary>
    public TimeSpan MinimumInterruption { get; init; }

    /// <summary>Calls beyond this are refused.</summary>
    public int MaxCalls { get; init; } = 200;

    /// <summary>How long running calls get to end when the node is told to stop.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where calls are recorded; null records none.</summary>
    public string? RecordingsFolder { get; init; }

    /// <summary>What calls cost. Given null it is the program's own table, read for the first call.</summary>
    [AllowNull]
    public PriceTable Prices { get => field ?? PriceTable.Default; init; }

    /// <summary>Whether the model is dialled while the carrier reads its TwiML.</summary>
    public bool Predial { get; init; } = true;

    /// <summary>How long a session that was dialled ahead waits for its stream.</summary>
    public TimeSpan PredialLife { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Dials of the model that may go in a second.</summary>
    public int MaxDialsPerSecond { get; init; } = 100;

    /// <summary>What a call does about a model that is lost.</summary>
    public UpstreamOptions Upstream { get; init; } = new();

    /// <summary>When the node takes the model for gone.</summary>
    public UpstreamHealthOptions UpstreamBreaker { get; init; } = new();

    /// <summary>Streams that one remote address may have at a time; behind a load balancer all of them come from one.</summary>
    public int MaxStreamsPerRemote { get; init; } = 200;

    /// <summary>How long a request's head may take.</summary>
    public TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Memory, carrier and doors of the calls; null for a node that only bridges streams and keeps nothing.</summary>
    public CallsOptions? Calls { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public NodeEngine Engine { get; init; }

    /// <summary>Event loops; 0 for one per core.</summary>
    public int Loops { get; init; }

    /// <summary>How long a loop's wake-up waits for company.</summary>
    public TimeSpan Coalesce { get; init; }

    /// <summary>How late the loops may be before new calls are refused; zero refuses none for that.</summary>
    public TimeSpan MaxLateness { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long the node plays calls to itself after its start, so that its code is compiled before the first caller comes; zero for not at all.</summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>The certificate, with its key, of the TLS that the node speaks itself; null leaves TLS to what stands in front.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether this machine may ask for <c>/runtime</c>.</summary>
    public bool RuntimePage { get; init; }

    /// <summary>Without the secrets, so that no log line can leak one.</summary>
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append($"{RealtimeUrl}, {AudioMode}, {Host}:{Port}, public {PublicUrl}, signatures {(AuthTokens.Count > 0 ? "checked" : "not checked")}");
        return true;
    }
}
