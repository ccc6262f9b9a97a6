namespace Concierge.Calls.Reservations;

/// <summary>The table somebody wants.</summary>
/// <param name="Restaurant">The restaurant's name.</param>
/// <param name="PartySize">Guests, 1 to 50.</param>
/// <param name="Date">The day.</param>
/// <param name="Time">The local time.</param>
/// <param name="GuestName">The name the table should be under.</param>
/// <param name="Notes">Anything else: a terrace table, an allergy; null for nothing.</param>
public sealed record ReservationRequest(string Restaurant, int PartySize, DateOnly Date, TimeOnly Time, string GuestName, string? Notes = null);
