namespace Concierge.Pipelines;

/// <summary>How long a call may last.</summary>
public sealed record LengthPolicy
{
    /// <summary>From the carrier's start to the goodbye; null for ever.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>How long before that the caller is told; 0 tells nobody.</summary>
    public TimeSpan WarnBefore { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What the model is told when it warns.</summary>
    public string WarningInstructions { get; init; } =
        "In one short sentence, in the language of the conversation, say that this call has to end in about a minute, then go on with what matters most.";

    /// <summary>What the model is told at the end.</summary>
    public string FarewellInstructions { get; init; } =
        "The time is up. In one short sentence, in the language of the conversation, apologise that the call has to end now, and say goodbye. Ask nothing.";
}
