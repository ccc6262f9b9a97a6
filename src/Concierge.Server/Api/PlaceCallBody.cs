using Concierge.Calls.Reservations;

namespace Concierge.Server.Api;

/// <summary>The body of <c>POST /api/v1/calls</c>.</summary>
/// <param name="To">The number in E.164.</param>
/// <param name="Agent">The agent that speaks; null for the default.</param>
/// <param name="Request">What it is about, in plain words.</param>
/// <param name="Reservation">What is to be booked or cancelled.</param>
internal sealed record PlaceCallBody(string? To, string? Agent = null, string? Request = null, ReservationDetails? Reservation = null);
