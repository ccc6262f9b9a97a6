using System.Text;

namespace Concierge.Calls.Twilio;

/// <summary>Where and as whom Twilio's REST API is asked.</summary>
public sealed record TwilioClientOptions
{
    /// <summary>The public API.</summary>
    public static readonly Uri DefaultBaseUrl = new("https://api.twilio.com/");

    /// <summary>The API's address: https, or http on this machine. Regions have their own, such as <c>https://api.dublin.ie1.twilio.com</c>.</summary>
    public Uri BaseUrl { get; init; } = DefaultBaseUrl;

    /// <summary>The account, <c>AC…</c>.</summary>
    public required string AccountSid { get; init; }

    /// <summary>An API key's SID (<c>SK…</c>); null to sign in with the account itself.</summary>
    public string? ApiKeySid { get; init; }

    /// <summary>The account's auth token, or the API key's secret. Never logged.</summary>
    public required string Secret { get; init; }

    /// <summary>The longest one request may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a request that may be repeated is repeated.</summary>
    public int Retries { get; init; } = 3;

    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append($"{BaseUrl}, {AccountSid}");
        return true;
    }
}
