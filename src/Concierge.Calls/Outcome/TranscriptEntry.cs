namespace Concierge.Calls.Outcome;

/// <summary>One turn of a call's transcript.</summary>
/// <param name="Speaker">Who spoke.</param>
/// <param name="Text">What was said; of an interrupted turn only what was heard.</param>
/// <param name="StartMs">Where the turn starts, in milliseconds of the stream; in a record of several streams, of the first.</param>
/// <param name="EndMs">Where it ends, in milliseconds of the stream; not before <paramref name="StartMs"/>.</param>
/// <param name="Interrupted">Whether the other side cut the turn off.</param>
public sealed record TranscriptEntry(TranscriptSpeaker Speaker, string Text, long StartMs, long EndMs, bool Interrupted = false);
