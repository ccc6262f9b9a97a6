using System.Text.Json.Serialization;

namespace Concierge.Calls.Outcome;

/// <summary>What a reservation call came to.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CallOutcomeStatus>))]
public enum CallOutcomeStatus : byte
{
    /// <summary>Nothing was agreed yet, or the other side will call back.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>The other side agreed.</summary>
    [JsonStringEnumMemberName("confirmed")]
    Confirmed,

    /// <summary>The other side declined.</summary>
    [JsonStringEnumMemberName("rejected")]
    Rejected,

    /// <summary>The call ended before an answer: a fault, no answer, a voicemail.</summary>
    [JsonStringEnumMemberName("error")]
    Error,
}
