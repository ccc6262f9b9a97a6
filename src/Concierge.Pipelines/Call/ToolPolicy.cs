namespace Concierge.Pipelines;

/// <summary>What happens while a tool works.</summary>
public sealed record ToolPolicy
{
    /// <summary>How long the line may be silent while a tool works before the agent says that it takes a moment; null never says so.</summary>
    public TimeSpan? FillAfter { get; init; }

    /// <summary>How often it says so for one wait.</summary>
    public int MaxFillers { get; init; } = 3;

    /// <summary>
    /// When the call stops waiting for a tool and tells the model that it failed; null waits for ever. An agent's tools have time-outs of their own; this one
    /// holds whatever happened to them.
    /// </summary>
    public TimeSpan? Limit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What the model is told when it fills the silence.</summary>
    public string FillerInstructions { get; init; } =
        "You are still looking something up. In a few words, in the language of the conversation, say that it takes a moment longer. Announce no result and ask nothing.";
}
