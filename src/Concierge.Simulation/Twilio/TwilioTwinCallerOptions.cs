namespace Concierge.Simulation.Twilio;

/// <summary>How the carrier places a call to a node.</summary>
public sealed record TwilioTwinCallerOptions
{
    /// <summary>Signs the webhook and the upgrade with this token; null sends no signature.</summary>
    public string? AuthToken { get; init; }

    /// <summary>The address that the carrier believes in (the node's public one), for signatures and for comparing the stream's host; null takes the address called.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>The number called from.</summary>
    public string From { get; init; } = "+15005550006";

    /// <summary>The number called.</summary>
    public string To { get; init; } = "+15005550110";

    /// <summary>The webhook's Direction. Default outbound-api: the concierge called the restaurant.</summary>
    public string Direction { get; init; } = "outbound-api";

    /// <summary>Further form fields of the webhook, or replacements.</summary>
    public IReadOnlyDictionary<string, string> FormFields { get; init; } = new Dictionary<string, string>();

    /// <summary>The webhook's time limit. The vendor allows 15 s.</summary>
    public TimeSpan WebhookTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>From the TwiML's arrival to the dialling of its stream. The vendor takes some tenths of a second; default none.</summary>
    public TimeSpan StreamDelay { get; init; }

    /// <summary>The stream. Its custom parameters are those of the TwiML.</summary>
    public TwilioTwinOptions Stream { get; init; } = new();
}
