namespace Concierge.Pipelines;

/// <summary>
/// What happens when the other side puts the call on hold: sound without the pauses and the swell of speech, for seconds on end. It is no turn: the model is
/// given silence instead, nobody is prompted, and the agent is not interrupted by it. Somebody who speaks ends it.
/// </summary>
public sealed record HoldPolicy
{
    /// <summary>Whether hold music is listened for. Costs a decoded frame.</summary>
    public bool Recognise { get; init; }

    /// <summary>How long sound must go on before it is taken for music. 2 to 20 s; default 8 s.</summary>
    public TimeSpan RecogniseAfter { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long the call stays on hold before it is given up; null for ever.</summary>
    public TimeSpan? Limit { get; init; } = TimeSpan.FromMinutes(5);
}
