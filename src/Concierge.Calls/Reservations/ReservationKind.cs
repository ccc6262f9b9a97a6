using System.Text.Json.Serialization;

namespace Concierge.Calls.Reservations;

/// <summary>What a reservation call is for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReservationKind>))]
public enum ReservationKind : byte
{
    /// <summary>To book a table.</summary>
    [JsonStringEnumMemberName("book")]
    Book,

    /// <summary>To cancel a table booked before.</summary>
    [JsonStringEnumMemberName("cancel")]
    Cancel,
}
