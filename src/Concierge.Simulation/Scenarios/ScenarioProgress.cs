using Concierge.Simulation.Realtime;

namespace Concierge.Simulation.Scenarios;

/// <summary>How far the model's side of one call has come: a connection that follows a lost one goes on where that one stopped.</summary>
public sealed class ScenarioProgress
{
    private int _connections;

    /// <summary>Begins a call.</summary>
    /// <param name="scenario">What happens in it.</param>
    public ScenarioProgress(Scenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        Scenario = scenario;
        AgentTurns = [.. scenario.AgentTurns];
        OutOfBandTurns = [.. scenario.OutOfBandTurns];
    }

    /// <summary>What happens in the call.</summary>
    public Scenario Scenario { get; }

    /// <summary>Whether every connection that the scenario loses has been made, so that the next one is another call's.</summary>
    public bool IsComplete => Volatile.Read(ref _connections) > Scenario.Faults.Count;

    /// <summary>Seeds what must differ from connection to connection: identifiers.</summary>
    internal int Seed => Scenario.Seed + (7919 * Math.Max(0, Volatile.Read(ref _connections) - 1));

    internal ScenarioTurn[] AgentTurns { get; }

    internal ScenarioTurn[] OutOfBandTurns { get; }

    /// <summary>Index of the agent's next turn.</summary>
    internal int NextAgentTurn { get; set; }

    internal int NextOutOfBandTurn { get; set; }

    /// <summary>Turns of the callee that were heard and had words.</summary>
    internal int HeardTurns { get; set; }

    /// <summary>Counts a connection.</summary>
    /// <returns>What goes wrong on it; null when nothing does.</returns>
    public RealtimeTwinFaults? Connect()
    {
        int number = Interlocked.Increment(ref _connections) - 1;
        return number < Scenario.Faults.Count ? Scenario.Faults[number] : null;
    }
}
