namespace Concierge.Calls.Life;

/// <summary>One recording of a call.</summary>
/// <param name="Path">The file, relative to the node's recordings folder, with <c>/</c> between its parts; or the carrier's recording SID.</param>
/// <param name="DurationMs">How long it is.</param>
/// <param name="Bytes">How large it is.</param>
/// <param name="Channels">1 mixed, 2 caller left and agent right.</param>
/// <param name="Truncated">Whether it ends before the call did.</param>
public sealed record CallRecording(string Path, long DurationMs, long Bytes, int Channels, bool Truncated = false);
