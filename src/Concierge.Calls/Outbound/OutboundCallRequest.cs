using Concierge.Calls.Reservations;

namespace Concierge.Calls.Outbound;

/// <summary>An order to call somebody.</summary>
/// <param name="To">The number in E.164, such as <c>+14155550123</c>.</param>
/// <param name="Agent">The agent that speaks; null for the node's default.</param>
/// <param name="Request">What it is about, in plain words; null when <paramref name="Reservation"/> says it all.</param>
/// <param name="Reservation">What is to be booked or cancelled, or null.</param>
public sealed record OutboundCallRequest(string To, string? Agent = null, string? Request = null, ReservationDetails? Reservation = null)
{
    /// <summary>Who asked: the API key's name, <c>cli</c>, an agent's session. Rates count per requester as well; null for nobody in particular.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>A key of the asker's own choice; the same key asks for the same call, so that an order repeated after a time-out does not dial twice. Null for none.</summary>
    public string? IdempotencyKey { get; init; }
}
