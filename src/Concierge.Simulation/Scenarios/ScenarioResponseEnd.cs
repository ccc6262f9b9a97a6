namespace Concierge.Simulation.Scenarios;

/// <summary>How a scripted response of the model ends when nobody interrupts it.</summary>
public enum ScenarioResponseEnd
{
    /// <summary>Status completed.</summary>
    Completed,

    /// <summary>Status failed with a server error, before any output.</summary>
    Failed,

    /// <summary>Status failed with rate_limit_exceeded, before any output.</summary>
    RateLimited,

    /// <summary>Status incomplete, reason max_output_tokens, after half of the audio.</summary>
    MaxOutputTokens,

    /// <summary>Status incomplete, reason content_filter, after half of the audio.</summary>
    ContentFilter,
}
