using System.Text.Json.Serialization;

namespace Concierge.Calls.Outcome;

/// <summary>Who spoke. Directions are named by the speaker everywhere.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TranscriptSpeaker>))]
public enum TranscriptSpeaker : byte
{
    /// <summary>The human at the carrier's end, whoever dialled.</summary>
    [JsonStringEnumMemberName("caller")]
    Caller,

    /// <summary>The model.</summary>
    [JsonStringEnumMemberName("agent")]
    Agent,
}
