namespace Concierge.Pipelines;

/// <summary>Where the media loops tell what happened. Any thread, never waits.</summary>
internal interface ICallSignals
{
    /// <summary>
    /// Signals posted so far. What a loop allocates for an event of the call is the event's, not the frame's; the loops leave such wake-ups
    /// out of what they measure.
    /// </summary>
    long Posted { get; }

    /// <summary>Queues an event.</summary>
    void Post(CallEvent callEvent);

    /// <summary>Queues the model's refusal of our request for a response.</summary>
    void PostResponseRefused();
}
