namespace Concierge.Simulation.Twilio;

/// <summary>One call placed through the carrier.</summary>
public sealed record TwilioTwinCall
{
    /// <summary>HTTP status of the webhook; 0 when there was no answer.</summary>
    public int WebhookStatus { get; init; }

    /// <summary>The TwiML, or whatever the webhook answered.</summary>
    public string Twiml { get; init; } = "";

    /// <summary>The stream's address in the TwiML; null when it held none.</summary>
    public Uri? StreamUrl { get; init; }

    /// <summary>The vendor's error code (11200, 12100, 31902, 31920 ...); null when the stream was opened.</summary>
    public int? ErrorCode { get; init; }

    /// <summary>What went wrong, for people.</summary>
    public string Error { get; init; } = "";

    /// <summary>The HTTP status that refused the upgrade, for 31920.</summary>
    public int? UpgradeStatus { get; init; }

    /// <summary>The TwiML verb that ended or would go on with the call after the stream: Hangup, Say, Redirect ...; null for the end of the document.</summary>
    public string? NextVerb { get; init; }

    /// <summary>The stream's record; null when it was never opened.</summary>
    public TwilioTwinRecord? Stream { get; init; }
}
