using System.Text.Json.Nodes;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Chat;

/// <summary>One answer of a text model.</summary>
public sealed record TextTurn
{
    /// <summary>Which requests it answers; null for any.</summary>
    public TextTurnCue? When { get; init; }

    /// <summary>What is said; empty for nothing but calls.</summary>
    public string Say { get; init; } = "";

    /// <summary>Instead of <see cref="Say"/>: a JSON value, sent as compact text (structured output).</summary>
    public JsonNode? Json { get; init; }

    /// <summary>Functions called, after what is said.</summary>
    public IReadOnlyList<ScenarioFunctionCall> Calls { get; init; } = [];

    /// <summary>How it ends. Failed and rateLimited are HTTP 500 and 429 (in a stream of responses: response.failed).</summary>
    public ScenarioResponseEnd End { get; init; }

    /// <summary>Refuses the request with this HTTP status instead; 0 for no refusal.</summary>
    public int Refuse { get; init; }

    /// <summary>Seconds for the Retry-After header of a refusal.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Breaks the connection after so many deltas of a stream; null for never. Without a stream: before the answer.</summary>
    public int? DropAfterDeltas { get; init; }

    /// <summary>Milliseconds that the model thinks first.</summary>
    public int AfterMs { get; init; }

    /// <summary>Whether it is there again for the next request that fits.</summary>
    public bool Repeat { get; init; }

    internal string Text => Json?.ToJsonString() ?? Say;

    internal void Check(int index)
    {
        string where = $"Turn {index + 1}";
        if (Json is not null && Say.Length > 0)
        {
            throw new ScenarioException($"{where}: say and json exclude each other.");
        }

        if (Refuse is not 0 and (< 400 or > 599))
        {
            throw new ScenarioException($"{where}: refuse is an HTTP status from 400 to 599.");
        }

        if (AfterMs < 0 || RetryAfterSeconds < 0 || DropAfterDeltas < 0)
        {
            throw new ScenarioException($"{where}: times and counts are not negative.");
        }
    }
}
