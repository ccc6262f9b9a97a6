using Concierge.Calls.Policy;

namespace Concierge.Calls.Outbound;

/// <summary>How calls are placed.</summary>
public sealed record OutboundCallsOptions
{
    /// <summary>The number calls come from, E.164, one of the carrier's account.</summary>
    public required string From { get; init; }

    /// <summary>What the carrier reaches this fleet by, without a path.</summary>
    public required Uri PublicUrl { get; init; }

    /// <summary>How long it rings before nobody answers.</summary>
    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest a call lasts.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What is done when a machine answers.</summary>
    public VoicemailPolicy Voicemail { get; init; } = VoicemailPolicy.HangUp;

    /// <summary>What is said to a machine.</summary>
    public string VoicemailMessage { get; init; } = "Hello, this is the concierge service. We called about a reservation and will try again later. Goodbye.";

    /// <summary>Whether the log has numbers in full; otherwise masked.</summary>
    public bool LogNumbers { get; init; }

    /// <summary>The agents that may be asked for by name, as they are at the time of the call; empty when there is only the default.</summary>
    public Func<IReadOnlyList<string>> Agents { get; init; } = static () => [];
}
