using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Concierge.Simulation.Realtime;

namespace Concierge.Simulation.Scenarios;

/// <summary>
/// A scripted call: what the model says and calls, what the person at the other end says and when, which faults the line has, and what must have come
/// of it. Read from JSON (comments and trailing commas allowed, unknown keys refused); docs/twin.md describes the format.
/// </summary>
public sealed record Scenario
{
    /// <summary>The name it is asked for by.</summary>
    public required string Name { get; init; }

    /// <summary>One line for people.</summary>
    public string Title { get; init; } = "";

    /// <summary>Seeds every choice that the twin makes (sizes of deltas, key orders, jitter). Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>What the call is for. Default: booking.</summary>
    public ScenarioPurpose Purpose { get; init; }

    /// <summary>All turns of both sides in the order in which they are expected. Each side walks through its own.</summary>
    public required IReadOnlyList<ScenarioTurn> Turns { get; init; }

    /// <summary>How the person listens.</summary>
    public ScenarioCallee Callee { get; init; } = new();

    /// <summary>What the line adds to what the person says, and takes from it.</summary>
    public ScenarioLine Line { get; init; } = new();

    /// <summary>What must be true after the call.</summary>
    public ScenarioExpectations Expect { get; init; } = new();

    /// <summary>What goes wrong on the call's connections to the model, one entry for each that is lost (docs/twin.md lists the keys); the one after the last is whole.</summary>
    public IReadOnlyList<JsonObject> ModelFaults { get; init; } = [];

    /// <summary><see cref="ModelFaults"/>, read.</summary>
    [JsonIgnore]
    public IReadOnlyList<RealtimeTwinFaults> Faults { get; private init; } = [];

    /// <summary>The schema that an editor checks the file against; means nothing here.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    /// <summary>The agent's turns in order: one for each response of the model.</summary>
    [JsonIgnore]
    public IEnumerable<ScenarioTurn> AgentTurns => Turns.Where(t => t.By == ScenarioSpeaker.Agent && !t.OutOfBand);

    /// <summary>The agent's answers to responses out of band, in order.</summary>
    [JsonIgnore]
    public IEnumerable<ScenarioTurn> OutOfBandTurns => Turns.Where(t => t.OutOfBand);

    /// <summary>The callee's turns in order.</summary>
    [JsonIgnore]
    public IEnumerable<ScenarioTurn> CalleeTurns => Turns.Where(t => t.By == ScenarioSpeaker.Callee);

    /// <summary>The serializer's complaint without the types of this program that it names.</summary>
    private static string Describe(JsonException e)
    {
        const string help = "`concierge twin list --schema scenario` tells what a scenario may hold";
        string[] quoted = e.Message.Split('\'');
        return e.Message switch
        {
            string m when m.Contains("missing required", StringComparison.Ordinal) => $"missing: {string.Join(", ", quoted.Skip(3).Where((_, n) => n % 2 == 0))}; {help}.",
            string m when m.Contains("could not be mapped", StringComparison.Ordinal) => $"line {e.LineNumber + 1}: there is no key '{quoted.ElementAtOrDefault(1)}'; {help}.",
            string m when m.Contains("could not be converted", StringComparison.Ordinal) => $"line {e.LineNumber + 1}, {e.Path}: that key takes no such value; {help}.",
            string m => m,
        };
    }

    /// <summary>Reads a scenario.</summary>
    /// <param name="json">The text.</param>
    /// <param name="folder">Where clips given as files are looked for; null allows only clips of the library.</param>
    /// <returns>The scenario, checked.</returns>
    /// <exception cref="ScenarioException">Not JSON, an unknown key, a missing clip or a turn that makes no sense; the message says which.</exception>
    public static Scenario Parse(string json, string? folder = null)
    {
        Scenario? scenario;
        try
        {
            scenario = ScenarioJson.ReadScenario(json);
        }
        catch (JsonException e)
        {
            throw new ScenarioException($"The scenario cannot be read: {Describe(e)}", e);
        }

        if (scenario is null)
        {
            throw new ScenarioException("The scenario is null.");
        }

        return scenario with
        {
            Turns = [.. scenario.Turns.Select((turn, index) => turn.Resolve(index, folder))],
            Faults = [.. scenario.ModelFaults.Select(f => RealtimeTwinFaults.Parse(f.ToJsonString()))],
        };
    }

    /// <summary>Reads a scenario from a file; clips it names by file are looked for beside it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The scenario, checked.</returns>
    /// <inheritdoc cref="Parse" path="/exception"/>
    public static Scenario Load(string path) => Parse(File.ReadAllText(path), Path.GetDirectoryName(Path.GetFullPath(path)));
}
