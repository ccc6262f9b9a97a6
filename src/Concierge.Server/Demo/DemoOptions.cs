using Concierge.Pipelines;
using Concierge.Simulation.Scenarios;

namespace Concierge.Server.Demo;

/// <summary>What the demo plays, and how.</summary>
/// <param name="Scenario">The script of both far ends.</param>
/// <param name="Mode">What crosses the bridge towards the model.</param>
/// <param name="Fast">Under the virtual clock, in memory, instead of over sockets in real time.</param>
internal sealed record DemoOptions(Scenario Scenario, CallAudioMode Mode, bool Fast)
{
    /// <summary>The agent file; null for the concierge that comes with the program.</summary>
    public string? AgentsFile { get; init; }

    /// <summary>Who speaks; null for the concierge's reservation call, or with another file for the agent that begins there.</summary>
    public string? Agent { get; init; }

    /// <summary>How the agent treats a caller who cuts in; null for its own way.</summary>
    public BargeInPolicy? BargeIn { get; init; }

    /// <summary>Where the events between the node and the model go; null for nowhere.</summary>
    public TextWriter? EventLog { get; init; }

    /// <summary>How late the node hears the model (<see cref="Fast"/> only).</summary>
    public TimeSpan ModelDelay { get; init; }
}
