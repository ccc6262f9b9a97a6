namespace Concierge.Simulation.Exchange;

/// <summary>One webhook that the carrier sent.</summary>
/// <param name="At">When it was sent.</param>
/// <param name="Purpose">voice, status, amd, recording, stream, action or media.</param>
/// <param name="Method">GET or POST.</param>
/// <param name="Url">The address, as signed.</param>
/// <param name="Fields">The parameters.</param>
/// <param name="Status">HTTP status of the answer; 0 for none.</param>
/// <param name="ErrorCode">The vendor's code when it failed; null when it did not.</param>
public sealed record TwilioExchangeRequest(
    DateTimeOffset At, string Purpose, string Method, string Url, IReadOnlyList<KeyValuePair<string, string>> Fields, int Status, int? ErrorCode)
{
    /// <summary>The first value of a parameter; null when it was not sent.</summary>
    /// <param name="name">The parameter.</param>
    public string? this[string name] => Fields.FirstOrDefault(f => f.Key == name).Value;
}
