namespace Concierge.Pipelines;

/// <summary>A call's recording.</summary>
/// <param name="Path">The file: stereo WAV at 8 kHz, the caller left, the agent right.</param>
/// <param name="Duration">How much is in it.</param>
/// <param name="Truncated">Whether something is missing: the disk was full or too slow.</param>
/// <param name="Detail">What went wrong; null when nothing did.</param>
public sealed record CallRecording(string Path, TimeSpan Duration, bool Truncated, string? Detail);
