namespace Concierge.Pipelines.Playback;

/// <summary>What the model must be told about one item that was cut off.</summary>
/// <param name="Item">The item.</param>
/// <param name="HeardMilliseconds">How much of it was heard: 0 up to what was received, in whole milliseconds.</param>
internal readonly record struct Truncation(PlaybackItem Item, int HeardMilliseconds);
