namespace Concierge.Simulation.Exchange;

/// <summary>An answer of the REST interface.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">application/json, or audio/x-wav for a recording.</param>
/// <param name="Body">The body; empty for 204.</param>
public sealed record TwilioRestAnswer(int Status, string ContentType, byte[] Body)
{
    /// <summary>The answer never arrives: the connection breaks after the request took effect.</summary>
    public bool IsLost { get; init; }
}
