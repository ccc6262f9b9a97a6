namespace Concierge.Pipelines;

/// <summary>One answer's way to the caller's ear, each step on the session's clock; null where it did not happen.</summary>
/// <param name="ResponseId">The response.</param>
/// <param name="CallerStopped">The model said that the caller had stopped: the detector's silence lies before it. Null for an answer that nobody's turn brought about.</param>
/// <param name="ResponseCreated">The model began the response.</param>
/// <param name="FirstDelta">The first audio came from the model.</param>
/// <param name="FirstSent">It went to the carrier.</param>
/// <param name="FirstPlayed">It was played, as a mark proves.</param>
public sealed record TurnTiming(
    string ResponseId, TimeSpan? CallerStopped, TimeSpan ResponseCreated, TimeSpan? FirstDelta, TimeSpan? FirstSent, TimeSpan? FirstPlayed)
{
    /// <summary>From the end of the caller's turn to the model's first audio: the model's own time.</summary>
    public TimeSpan? Model => FirstDelta - CallerStopped;

    /// <summary>From the model's first audio to the carrier's wire: this node's time, and what was still being said before it.</summary>
    public TimeSpan? Node => FirstSent - FirstDelta;

    /// <summary>From the wire to the ear: the carrier's time.</summary>
    public TimeSpan? Carrier => FirstPlayed - FirstSent;

    /// <summary>From the end of the caller's turn to the ear.</summary>
    public TimeSpan? Whole => FirstPlayed - CallerStopped;
}
