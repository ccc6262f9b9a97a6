namespace Concierge.Pipelines.Playback;

/// <summary>Hears of an item's way to the caller. Called under the ledger's lock: implementations note it and return.</summary>
internal interface IPlaybackListener
{
    /// <summary>The item's first frame went to the carrier.</summary>
    void OnItemStarted(PlaybackItem item, TimeSpan at);

    /// <summary>A mark proves that the item's first audio was played, at the time given.</summary>
    void OnItemPlayed(PlaybackItem item, TimeSpan at);

    /// <summary>The item was heard to its end.</summary>
    void OnItemHeard(PlaybackItem item, TimeSpan duration);

    /// <summary>Nothing is queued or unheard any more.</summary>
    void OnIdle();
}
