namespace Concierge.Calls.Outbound;

/// <summary>The addresses that the carrier is given.</summary>
public static class CallRoutes
{
    /// <summary>Where the carrier fetches TwiML.</summary>
    public const string Twiml = "/twiml";

    /// <summary>Where it reports a call's status and what answered.</summary>
    public const string Status = "/twilio-status";

    /// <summary>The query parameter that names this node's id of the call.</summary>
    public const string CallId = "call_id";

    /// <summary>An address with the call's id.</summary>
    /// <param name="publicUrl">What the carrier reaches this fleet by.</param>
    /// <param name="path">The path.</param>
    /// <param name="callId">The id.</param>
    /// <returns>An absolute address.</returns>
    public static string For(Uri publicUrl, string path, string callId)
    {
        ArgumentNullException.ThrowIfNull(publicUrl);
        return $"{publicUrl.GetLeftPart(UriPartial.Authority)}{path}?{CallId}={Uri.EscapeDataString(callId)}";
    }
}
