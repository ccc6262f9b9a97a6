using System.Text.Json;
using System.Text.Json.Serialization;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Chat;

/// <summary>
/// What a text model answers, for <c>/v1/responses</c> and <c>/v1/chat/completions</c>: turns, of which each request takes the first that fits and is not used
/// up. Read from JSON (comments and trailing commas allowed, unknown keys refused); docs/twin.md describes the format.
/// </summary>
public sealed record TextScript
{
    /// <summary>The name it is shown by.</summary>
    public string Name { get; init; } = "script";

    /// <summary>Seeds identifiers and the sizes of deltas. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The schema that an editor checks the file against; means nothing here.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    /// <summary>The turns in order.</summary>
    public required IReadOnlyList<TextTurn> Turns { get; init; }

    /// <summary>Reads a script.</summary>
    /// <param name="json">The text.</param>
    /// <returns>The script, checked.</returns>
    /// <exception cref="ScenarioException">Not JSON, an unknown key or a turn that makes no sense; the message says which.</exception>
    public static TextScript Parse(string json)
    {
        TextScript? script;
        try
        {
            script = TextScriptJson.Read(json);
        }
        catch (JsonException e)
        {
            throw new ScenarioException($"The text script cannot be read: {e.Message}", e);
        }

        if (script is null)
        {
            throw new ScenarioException("The text script is null.");
        }

        for (int i = 0; i < script.Turns.Count; i++)
        {
            script.Turns[i].Check(i);
        }

        return script;
    }

    /// <summary>Reads a script from a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The script, checked.</returns>
    /// <inheritdoc cref="Parse" path="/exception"/>
    public static TextScript Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException($"The text script '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The agent's turns of a scenario as texts, in order.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <returns>A script of as many turns.</returns>
    public static TextScript From(Scenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        return new TextScript
        {
            Name = scenario.Name,
            Seed = scenario.Seed,
            Turns = [.. scenario.AgentTurns.Select(t => new TextTurn { Say = t.Transcript, Calls = t.Calls, End = t.End })],
        };
    }
}
