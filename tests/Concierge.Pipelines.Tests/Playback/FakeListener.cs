using Concierge.Pipelines.Playback;

namespace Concierge.Pipelines.Tests.Playback;

internal sealed class FakeListener : IPlaybackListener
{
    public List<string> Heard { get; } = [];

    public void OnItemStarted(PlaybackItem item, TimeSpan at) => Heard.Add($"started {item.ItemId}");

    public void OnItemPlayed(PlaybackItem item, TimeSpan at)
    {
    }

    public void OnItemHeard(PlaybackItem item, TimeSpan duration) => Heard.Add($"heard {item.ItemId} {duration.TotalMilliseconds}");

    public void OnIdle() => Heard.Add("idle");
}
