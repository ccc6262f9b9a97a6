namespace Concierge.Simulation.Exchange;

/// <summary>Where the next TwiML comes from: a webhook, or the text itself.</summary>
internal sealed record TwimlSource(Uri? Url, string Method, string? Text, Uri? FallbackUrl = null, string FallbackMethod = "POST", string Purpose = "voice")
{
    /// <summary>Further parameters: what a Dial or a detection has to tell.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];
}
