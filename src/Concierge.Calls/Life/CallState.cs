using System.Text.Json.Serialization;

namespace Concierge.Calls.Life;

/// <summary>
/// Where a call is in its life. The order of the values is the order of the states: a call only ever moves to a greater one
/// (<see cref="CallStates"/>).
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<CallState>))]
public enum CallState : byte
{
    /// <summary>Known here; not ringing yet. Twilio's <c>queued</c> and <c>initiated</c>.</summary>
    [JsonStringEnumMemberName("initiated")]
    Initiated,

    /// <summary>The other side's telephone rings.</summary>
    [JsonStringEnumMemberName("ringing")]
    Ringing,

    /// <summary>Answered.</summary>
    [JsonStringEnumMemberName("in_progress")]
    InProgress,

    /// <summary>Over after having been answered.</summary>
    [JsonStringEnumMemberName("completed")]
    Completed,

    /// <summary>Given up by this side before it was answered.</summary>
    [JsonStringEnumMemberName("canceled")]
    Canceled,

    /// <summary>Nobody answered in time.</summary>
    [JsonStringEnumMemberName("no_answer")]
    NoAnswer,

    /// <summary>The line was busy, or the other side declined.</summary>
    [JsonStringEnumMemberName("busy")]
    Busy,

    /// <summary>It could not be placed, or a fault ended it. Final against everything.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
