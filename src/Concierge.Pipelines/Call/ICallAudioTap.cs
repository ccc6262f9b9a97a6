namespace Concierge.Pipelines;

/// <summary>
/// Gets both voices of a call as they are heard, for a recording. Called on the media loops, several at once: implementations copy and return, wait for
/// nothing and throw nothing. Times are the session's clock.
/// </summary>
public interface ICallAudioTap
{
    /// <summary>The caller's voice.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="timestampMs">The carrier's own clock for it, in milliseconds; negative when it gives none.</param>
    /// <param name="muLaw">Mu-law at 8 kHz; lent.</param>
    void OnCaller(TimeSpan now, long timestampMs, ReadOnlySpan<byte> muLaw);

    /// <summary>The agent's voice, sent to the carrier.</summary>
    /// <param name="now">When it was sent.</param>
    /// <param name="heardAt">When it will be heard: behind what the carrier has not played yet.</param>
    /// <param name="muLaw">Mu-law at 8 kHz; lent.</param>
    void OnAgent(TimeSpan now, TimeSpan heardAt, ReadOnlySpan<byte> muLaw);

    /// <summary>The carrier was told to drop what it has not played: from here on the agent is not heard.</summary>
    void OnCleared(TimeSpan now);

    /// <summary>Time has passed; comes about ten times a second.</summary>
    void OnTime(TimeSpan now);
}
