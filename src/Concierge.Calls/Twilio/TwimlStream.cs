namespace Concierge.Calls.Twilio;

/// <summary>
/// A bidirectional media stream as TwiML names it: <c>&lt;Connect&gt;&lt;Stream&gt;</c>. Source: Twilio TwiML reference, Stream.
/// </summary>
/// <param name="Url">The stream's absolute address. The scheme must be <c>wss</c> (error 31922 otherwise; <c>ws</c> is accepted here for a local twin) and
/// it carries no query: Twilio strips queries, so what must arrive travels as a parameter.</param>
public sealed record TwimlStream(string Url)
{
    /// <summary>Delivered in the <c>start</c> message as <c>customParameters</c>. Name and value together stay under 500 characters each.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>A name unique within the call, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Where Twilio asks for more TwiML after the stream ended, or null to go on with the next verb.</summary>
    public string? Action { get; init; }

    /// <summary>Where Twilio reports <c>stream-started</c>, <c>stream-stopped</c> and <c>stream-error</c>, or null.</summary>
    public string? StatusCallback { get; init; }
}
