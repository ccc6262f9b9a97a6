using Concierge.Calls.Reservations;

namespace Concierge.Agents.Reservations;

/// <summary>Has restaurants phoned, and knows what came of earlier calls. The text side's way to the telephone.</summary>
public interface IReservationDesk
{
    /// <summary>Whether nobody is really called.</summary>
    bool IsSimulated { get; }

    /// <summary>Phones a restaurant and waits for what comes of it.</summary>
    /// <param name="details">What to book or cancel, the restaurant's number included.</param>
    /// <param name="sessionId">The conversation that asks, for rates and for finding the call again.</param>
    /// <param name="orderId">Identifies the order: the same id never dials twice.</param>
    /// <param name="placed">Told the call's id once it is placed, to follow it; null for nobody.</param>
    /// <param name="cancellationToken">Gives up: the call is hung up.</param>
    Task<ReservationResult> CallAsync(ReservationDetails details, string sessionId, string orderId, Action<string>? placed, CancellationToken cancellationToken);

    /// <summary>Finds earlier bookings, the latest first: by confirmation number, by restaurant, or simply the latest.</summary>
    /// <param name="confirmationNumber">The number; null for any.</param>
    /// <param name="restaurant">The restaurant, spelled roughly; null for any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<ReservationResult>> FindAsync(string? confirmationNumber, string? restaurant, CancellationToken cancellationToken);

    /// <summary>What was said on a call; null when there is no such call.</summary>
    Task<string?> ReadTranscriptAsync(string callId, CancellationToken cancellationToken);
}
