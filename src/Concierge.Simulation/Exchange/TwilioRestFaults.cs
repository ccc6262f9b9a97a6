namespace Concierge.Simulation.Exchange;

/// <summary>REST requests that go wrong.</summary>
public sealed record TwilioRestFaults
{
    /// <summary>How many requests, counted from the first, are answered with <see cref="Status"/>.</summary>
    public int First { get; init; }

    /// <summary>The HTTP status: 429 carries code 20429, 5xx code 20500.</summary>
    public int Status { get; init; } = 429;

    /// <summary>Requests that take effect but whose answer never arrives, counted from the first: the connection breaks. For idempotency tests.</summary>
    public int LoseAnswers { get; init; }

    /// <summary>Time before every answer.</summary>
    public TimeSpan Delay { get; init; }
}
