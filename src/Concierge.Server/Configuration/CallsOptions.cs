using System.Text;
using Concierge.Calls.Policy;
using Concierge.Calls.Twilio;

namespace Concierge.Server.Configuration;

/// <summary>What the node remembers of its calls, whom it may call, and who may ask it to.</summary>
internal sealed record CallsOptions
{
    /// <summary>Where the node keeps its files: the SQLite store, the spill file.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The PostgreSQL store of a fleet; null for SQLite in <see cref="DataDirectory"/>. Never logged.</summary>
    public string? DatabaseUrl { get; init; }

    /// <summary>This node among others; the same after a restart.</summary>
    public required string NodeName { get; init; }

    /// <summary>How long calls are kept; null for ever.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>Where recordings lie; null when there are none.</summary>
    public string? RecordingsDirectory { get; init; }

    /// <summary>The carrier's REST API; null when no calls are placed.</summary>
    public TwilioClientOptions? Carrier { get; init; }

    /// <summary>The number calls come from; null when no calls are placed.</summary>
    public string? PhoneNumber { get; init; }

    public DestinationPolicyOptions Policy { get; init; } = new();

    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(10);

    public VoicemailPolicy Voicemail { get; init; }

    /// <summary>What is said to a machine; null for the built-in sentence.</summary>
    public string? VoicemailMessage { get; init; }

    /// <summary>Agents that calls may ask for by name, as they are now.</summary>
    public Func<IReadOnlyList<string>> Agents { get; init; } = static () => [];

    /// <summary>Which agent answers which called number.</summary>
    public IReadOnlyDictionary<string, string> InboundRoutes { get; init; } = new Dictionary<string, string>();

    /// <summary>What a caller hears when the node is full; null for a busy tone.</summary>
    public string? BusySentence { get; init; }

    /// <summary>Who takes the call over when the stream cannot be served; null for nobody.</summary>
    public string? FallbackNumber { get; init; }

    /// <summary>What the caller hears when the stream cannot be served, before the fallback number or the end; null for nothing.</summary>
    public string? FallbackSentence { get; init; }

    /// <summary>Who may use the operator's API.</summary>
    public IReadOnlyList<ApiKey> ApiKeys { get; init; } = [];

    /// <summary>How often a call without news is looked after.</summary>
    public TimeSpan SettleInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How late a callback may be.</summary>
    public TimeSpan CallbackGrace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether the log says whom a call went to, what was said and which keys were pressed. For looking into a fault only.</summary>
    public bool LogPersonalData { get; init; }

    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append($"{NodeName}, {(DatabaseUrl is null ? "sqlite" : "postgresql")}, {ApiKeys.Count} keys");
        return true;
    }
}
