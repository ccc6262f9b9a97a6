using Concierge.Audio;

namespace Concierge.Pipelines;

/// <summary>The bounds and choices of one call. Immutable; shared by all calls of a node.</summary>
public sealed record CallSessionOptions
{
    /// <summary>What crosses the bridge towards the model.</summary>
    public CallAudioMode AudioMode { get; init; } = CallAudioMode.Pcm16;

    /// <summary>The resampling filters' quality and delay (<see cref="CallAudioMode.Pcm16"/> only).</summary>
    public ResamplerProfile Resampling { get; init; } = ResamplerProfile.Balanced;

    /// <summary>How long the carrier may take to send <c>start</c>.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long connecting to the model may take, its TLS and upgrade included.</summary>
    public TimeSpan ModelConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the model may take from the upgrade to <c>session.updated</c>.</summary>
    public TimeSpan ModelReadyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a far end may take to answer a close frame before its socket is dropped.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long <see cref="ICallControl.EndAfterPlayback"/> waits for the last mark.</summary>
    public TimeSpan GoodbyeTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How a lost model is noticed and replaced, and what the caller hears meanwhile.</summary>
    public UpstreamOptions Upstream { get; init; } = new();

    /// <summary>How much caller audio is kept while the model is being dialled, at first or again; the oldest is dropped beyond it.</summary>
    public TimeSpan EarlyAudio { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How much caller audio may wait for a model that reads slowly; the oldest is dropped beyond it.</summary>
    public TimeSpan CallerBacklog { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The most silence put into one gap of the caller's audio; 0 puts in none.</summary>
    public TimeSpan GapFill { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long media may stop in the middle of the caller's turn before silence is sent in its place, so that the turn can end; 0 never sends any.</summary>
    public TimeSpan StalledTurnAfter { get; init; } = TimeSpan.FromMilliseconds(750);

    /// <summary>The most silence sent for one turn that way.</summary>
    public TimeSpan StalledTurnSilence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often a carrier that sends nothing is asked for a sign of life. It is gone after two that it does not answer: at most four intervals after the
    /// last it sent. 0 never asks.
    /// </summary>
    public TimeSpan CarrierKeepAlive { get; init; } = TimeSpan.FromSeconds(3.5);

    /// <summary>How much audio the carrier may hold unacknowledged: a mark must return before more is sent.</summary>
    public TimeSpan PlaybackWindow { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How much audio stands between two marks.</summary>
    public TimeSpan MarkInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Audio per carrier message; a multiple of 20 ms.</summary>
    public TimeSpan CarrierFrame { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How late a mark may be before the clock stands in for it.</summary>
    public TimeSpan MarkGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How much agent audio may wait here for the caller to hear it; the call ends beyond it.</summary>
    public TimeSpan PlaybackCapacity { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Malformed carrier messages in a row after which the stream is closed.</summary>
    public int MaxBadMessages { get; init; } = 10;

    /// <summary>The largest carrier message, in bytes.</summary>
    public int MaxCarrierMessage { get; init; } = 64 * 1024;

    /// <summary>The largest model event, in bytes.</summary>
    public int MaxModelMessage { get; init; } = 16 * 1024 * 1024;

    /// <summary>Whether the media loops account for their own time per frame and their own allocated bytes (some tens of nanoseconds a frame).</summary>
    public bool MeasureLoops { get; init; }

    /// <summary>
    /// Octets of framed messages that <see cref="CallerBacklog"/> stands for. Base64 makes four of three; an append event of 20 ms adds about 60 octets of JSON and framing.
    /// </summary>
    internal int CallerBudget => (int)(CallerBacklog.TotalSeconds * (((AudioMode == CallAudioMode.Pcm16 ? 48_000 : 8_000) * 4 / 3) + (50 * 70)));
}
