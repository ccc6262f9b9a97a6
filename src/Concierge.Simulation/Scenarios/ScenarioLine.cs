namespace Concierge.Simulation.Scenarios;

/// <summary>The telephone line between the callee and the carrier.</summary>
public sealed record ScenarioLine
{
    /// <summary>Gain on what the callee says, in dB: negative for a quiet line. Default 0.</summary>
    public double LevelDb { get; init; }

    /// <summary>Level of white noise on what the callee sends, in dBFS; null for a clean line (digital silence between words).</summary>
    public double? NoiseDb { get; init; }

    /// <summary>Level of the agent's echo in what the callee sends, in dB relative to what the callee hears; null for none.</summary>
    public double? EchoDb { get; init; }

    /// <summary>Delay of that echo, in milliseconds.</summary>
    public int EchoDelayMs { get; init; } = 120;

    /// <summary>Every how many frames one is lost before it reaches the carrier; 0 for none. The chunk number counts it, so the gap can be seen.</summary>
    public int LoseEveryFrames { get; init; }
}
