namespace Concierge.Pipelines;

/// <summary>The two sides of a call.</summary>
public enum CallSpeaker : byte
{
    /// <summary>The person at the carrier's end.</summary>
    Caller,

    /// <summary>The model's voice.</summary>
    Agent,
}
