namespace Concierge.Pipelines;

/// <summary>One turn of one side, as said and as heard.</summary>
/// <param name="Speaker">Who spoke.</param>
/// <param name="ItemId">The conversation item.</param>
/// <param name="Start">When speaking began, on the session's clock.</param>
/// <param name="End">When it ended or was cut off.</param>
/// <param name="Text">What was heard: at an interruption, the part up to it.</param>
/// <param name="Interrupted">Whether the turn was cut off.</param>
/// <param name="UnheardText">What the agent had meant to say beyond that; empty unless interrupted.</param>
public sealed record TranscriptEntry(CallSpeaker Speaker, string ItemId, TimeSpan Start, TimeSpan End, string Text, bool Interrupted, string UnheardText);
