using System.Text.Json.Nodes;
using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Realtime;

/// <summary>One item of the conversation, as events show it (without audio), and where its audio is.</summary>
internal sealed class RealtimeItem(string id, JsonObject body)
{
    public string Id { get; } = id;

    public JsonObject Body { get; } = body;

    /// <summary>The response that speaks this item, for assistant audio.</summary>
    public RealtimeTwinResponse? Response { get; init; }

    /// <summary>As the client gave it, audio and all; null when the server made it, or when there is no more to it than <see cref="Body"/>.</summary>
    public JsonObject? Given { get; init; }

    /// <summary>Where the samples of user audio are.</summary>
    public (AudioTrack Track, int From, int To)? UserAudio { get; init; }
}
