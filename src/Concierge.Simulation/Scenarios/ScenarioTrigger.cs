namespace Concierge.Simulation.Scenarios;

/// <summary>What the callee waits for before a turn.</summary>
public enum ScenarioTrigger
{
    /// <summary>The agent has been heard since the callee's last turn, and then silence for the turn's time.</summary>
    Silence,

    /// <summary>The call was answered (the stream started) this long ago.</summary>
    Answered,

    /// <summary>The agent has been speaking for this long: an interruption.</summary>
    Speaking,

    /// <summary>The callee's own last turn ended this long ago, whatever the agent does.</summary>
    Elapsed,

    /// <summary>The turn's <see cref="ScenarioTurn.Digits"/> were heard as tones: what a menu waits for.</summary>
    Digits,
}
