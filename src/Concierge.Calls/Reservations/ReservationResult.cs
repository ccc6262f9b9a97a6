using Concierge.Calls.Life;
using Concierge.Calls.Outcome;

namespace Concierge.Calls.Reservations;

/// <summary>What is told to whoever asked for a reservation, once its call is over.</summary>
/// <param name="Status">Confirmed, pending, rejected or error.</param>
/// <param name="CallId">The call, or null when none was placed.</param>
/// <param name="Details">What was asked for.</param>
/// <param name="Outcome">What was agreed; <see cref="CallOutcome.Nothing"/> when nothing was.</param>
/// <param name="Error">Why there is no answer, in a sentence; null otherwise.</param>
public sealed record ReservationResult(CallOutcomeStatus Status, string? CallId, ReservationDetails Details, CallOutcome Outcome, string? Error = null)
{
    /// <summary>Reads the result off a call that is over.</summary>
    /// <param name="call">The call.</param>
    /// <returns>Its outcome, or an error in words when the call never came to one.</returns>
    public static ReservationResult From(CallRecord call)
    {
        ArgumentNullException.ThrowIfNull(call);
        ReservationDetails details = call.Reservation ?? new ReservationDetails();
        if (call.Outcome is { } outcome)
        {
            return new ReservationResult(outcome.Status, call.Id, details, outcome);
        }

        string error = call.State switch
        {
            CallState.Busy => "The line was busy.",
            CallState.NoAnswer => "Nobody answered.",
            CallState.Canceled => "The call was canceled before it was answered.",
            CallState.Failed => call.Error ?? "The call failed.",
            CallState.Completed when call.ReachedMachine => "A machine answered.",
            CallState.Completed => "The call ended before anything was agreed.",
            _ => "The call is still up.",
        };
        return new ReservationResult(CallOutcomeStatus.Error, call.Id, details, CallOutcome.Nothing with { Status = CallOutcomeStatus.Error }, error);
    }
}
