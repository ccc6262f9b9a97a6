namespace Concierge.Audio;

/// <summary>How a <see cref="VoiceActivityDetector"/> decides. The defaults suit telephone speech behind G.711.</summary>
public sealed record VoiceActivityOptions
{
    /// <summary>A 10 ms window at or above this level counts as active. dBFS, -90 to 0; default -42.</summary>
    public double ThresholdDbfs { get; init; } = -42;

    /// <summary>
    /// How far above the tracked noise floor a window must be as well, in dB, 0 to 40; default 0: the fixed threshold alone decides. The floor falls at once and rises by 3 dB per
    /// second while nobody speaks.
    /// </summary>
    public double MarginDb { get; init; }

    /// <summary>How long the level must stay active before speech is reported. Milliseconds, rounded up to windows of 10 ms, 10 to 1000; default 40.</summary>
    public int AttackMilliseconds { get; init; } = 40;

    /// <summary>How long the level must stay inactive before the end is reported. Milliseconds, rounded up to windows of 10 ms, 10 to 5000; default 300.</summary>
    public int HangOverMilliseconds { get; init; } = 300;
}
