using Concierge.Calls.Reservations;

namespace Concierge.Server.Requests;

/// <summary>What a request came to.</summary>
/// <param name="Text">The answer in words.</param>
/// <param name="SessionId">The conversation it belongs to.</param>
/// <param name="Agent">Who gave it.</param>
/// <param name="Result">What the telephone call came to; null when none was placed.</param>
/// <param name="IsSimulated">Whether the telephone was simulated: nobody was called.</param>
/// <param name="IsModelSimulated">Whether rules stood in for the model.</param>
internal sealed record ConciergeAnswer(string Text, string SessionId, string Agent, ReservationResult? Result, bool IsSimulated, bool IsModelSimulated);
