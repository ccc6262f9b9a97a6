using Concierge.Simulation.Scenarios;

namespace Concierge.Server.Figures;

/// <summary>The scenarios that interruptions are measured on: those with one, on clean and on bad lines, and one whose caller never cuts in.</summary>
internal static class BargeInScenarios
{
    /// <summary>How strong the echo of the bad line is, in dB below the agent.</summary>
    public const double EchoDb = -26;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        ScenarioLibrary.Get("barge-in-early"),
        ScenarioLibrary.Get("barge-in-middle"),
        ScenarioLibrary.Get("barge-in-late"),
        ScenarioLibrary.Get("booking-confirmed"),
        ScenarioLibrary.Get("noisy-line"),
        Echoing("booking-confirmed"),
        Echoing("alternative-time"),
    ];

    private static Scenario Echoing(string name)
    {
        Scenario scenario = ScenarioLibrary.Get(name);
        return scenario with { Name = name + "+echo", Line = scenario.Line with { EchoDb = EchoDb, EchoDelayMs = 140 } };
    }
}
