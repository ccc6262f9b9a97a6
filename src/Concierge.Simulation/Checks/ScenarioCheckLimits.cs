namespace Concierge.Simulation.Checks;

/// <summary>What still counts as heard.</summary>
public sealed record ScenarioCheckLimits
{
    /// <summary>Largest difference of level, in dB. Default 0.5.</summary>
    public double MostGainDb { get; init; } = 0.5;

    /// <summary>Least ratio of signal to noise, in dB. Default 28: G.711 alone leaves 31 or more at these levels.</summary>
    public double LeastSnrDb { get; init; } = 28;

    /// <summary>Most milliseconds missing. Default 0.</summary>
    public int MostGapMs { get; init; }

    /// <summary>Most excess of error at one place of a frame, in dB. Default 5.</summary>
    public double MostEdgeExcessDb { get; init; } = 5;
}
