namespace Concierge.Pipelines;

/// <summary>What happens while the model owes an answer and nothing is heard: it is slow, has failed, or says nothing at all.</summary>
public sealed record AnswerPolicy
{
    /// <summary>
    /// How long the line may be silent before the caller hears <see cref="UpstreamOptions.HoldingSound"/>, and again every
    /// <see cref="UpstreamOptions.HoldingInterval"/>; null leaves it silent. The model itself is the slow one: it cannot say so.
    /// </summary>
    public TimeSpan? SoundAfter { get; init; }

    /// <summary>How long it may take before the session is given up for a new one, which is told the conversation; null waits for ever.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>How many sessions in a row may stay silent; after that the model counts as gone, and the call ends as it does then.</summary>
    public int MaxSilentSessions { get; init; } = 2;

    /// <summary>How often an answer is asked for again after the model has reported that it failed; 0 never.</summary>
    public int Retries { get; init; }

    /// <summary>How long after the failure; doubled for each further one.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}
