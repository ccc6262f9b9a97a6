namespace Concierge.Pipelines;

/// <summary>What happens when neither side speaks and nothing is being worked on.</summary>
public sealed record SilencePolicy
{
    /// <summary>After how much silence the agent asks whether somebody is there; null never asks.</summary>
    public TimeSpan? PromptAfter { get; init; }

    /// <summary>After how many prompts without a word it says goodbye and hangs up.</summary>
    public int MaxPrompts { get; init; } = 2;

    /// <summary>How long a caller may say nothing at all, whatever the agent says meanwhile; null for ever. Ends the calls of those who are muted or gone.</summary>
    public TimeSpan? MutedLimit { get; init; }

    /// <summary>What the model is told when it prompts.</summary>
    public string PromptInstructions { get; init; } =
        "Nobody has spoken for a while. In one short sentence, in the language of the conversation, ask whether the other side is still there.";

    /// <summary>What the model is told before it hangs up.</summary>
    public string FarewellInstructions { get; init; } =
        "Nobody answers. In one short sentence, in the language of the conversation, say that you cannot hear anybody and that you are hanging up. Ask nothing.";
}
