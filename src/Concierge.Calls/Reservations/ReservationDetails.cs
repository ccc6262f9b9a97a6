using System.Text.Json.Serialization;
using Concierge.Calls.Outcome;

namespace Concierge.Calls.Reservations;

/// <summary>What an outbound reservation call is about, as kept with the call. Everything but <see cref="Kind"/> may be unknown.</summary>
public sealed record ReservationDetails
{
    /// <summary>Whether the call books or cancels.</summary>
    public ReservationKind Kind { get; init; }

    /// <summary>The restaurant's name, or null.</summary>
    public string? Restaurant { get; init; }

    /// <summary>The restaurant's number in E.164, or null.</summary>
    public string? RestaurantPhone { get; init; }

    /// <summary>The day, or null.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>The local time, or null; written as <c>HH:mm</c>.</summary>
    [JsonConverter(typeof(HourMinuteConverter))]
    public TimeOnly? Time { get; init; }

    /// <summary>The earliest time on that day that would do as well, or null; written as <c>HH:mm</c>.</summary>
    [JsonConverter(typeof(HourMinuteConverter))]
    public TimeOnly? EarliestTime { get; init; }

    /// <summary>The latest time on that day that would do as well, or null; written as <c>HH:mm</c>.</summary>
    [JsonConverter(typeof(HourMinuteConverter))]
    public TimeOnly? LatestTime { get; init; }

    /// <summary>Guests, 1 to 50, or null.</summary>
    public int? PartySize { get; init; }

    /// <summary>The name the table is under, or null.</summary>
    public string? GuestName { get; init; }

    /// <summary>Where the guest can be reached, in E.164, or null.</summary>
    public string? GuestPhone { get; init; }

    /// <summary>Anything else: a terrace table, an allergy; or null.</summary>
    public string? Notes { get; init; }

    /// <summary>The number of the booking that is to be cancelled, or null.</summary>
    public string? ConfirmationNumber { get; init; }

    /// <summary>The details of a booking.</summary>
    /// <param name="request">What to book.</param>
    /// <param name="restaurantPhone">The restaurant's number in E.164, or null.</param>
    /// <returns>The same as details.</returns>
    public static ReservationDetails Book(ReservationRequest request, string? restaurantPhone = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new ReservationDetails
        {
            Kind = ReservationKind.Book,
            Restaurant = request.Restaurant,
            RestaurantPhone = restaurantPhone,
            Date = request.Date,
            Time = request.Time,
            PartySize = request.PartySize,
            GuestName = request.GuestName,
            Notes = request.Notes,
        };
    }
}
