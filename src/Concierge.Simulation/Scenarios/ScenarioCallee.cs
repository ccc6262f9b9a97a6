namespace Concierge.Simulation.Scenarios;

/// <summary>How the person on the telephone listens.</summary>
public sealed record ScenarioCallee
{
    /// <summary>Level above which a 20 ms frame counts as speech, in dBFS. Default -42.</summary>
    public double SpeechThresholdDb { get; init; } = -42;

    /// <summary>How long the callee waits for its next cue before it gives up and hangs up, in milliseconds. Default 15,000.</summary>
    public int PatienceMs { get; init; } = 15000;
}
