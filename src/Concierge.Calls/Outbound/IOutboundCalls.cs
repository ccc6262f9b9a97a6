using Concierge.Calls.Life;

namespace Concierge.Calls.Outbound;

/// <summary>Places calls. Thread-safe.</summary>
public interface IOutboundCalls
{
    /// <summary>Has the carrier dial. Returns as soon as the carrier took the order; the call rings or fails afterwards.</summary>
    /// <param name="request">Whom to call, and what for.</param>
    /// <param name="cancellationToken">Gives up waiting for the carrier; a call that was placed meanwhile goes on.</param>
    /// <returns>The call. Its state is <see cref="CallState.Failed"/> when the carrier refused it.</returns>
    /// <exception cref="CallRefusedException">The destination policy, a rate or a budget forbids the call, or no carrier is configured. Nothing was dialled.</exception>
    Task<CallRecord> PlaceAsync(OutboundCallRequest request, CancellationToken cancellationToken);

    /// <summary>Waits until nothing more is to come of a call (<see cref="CallRecord.IsSettled"/>).</summary>
    /// <param name="callId">The id of <see cref="PlaceAsync"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The call as it ended.</returns>
    /// <exception cref="KeyNotFoundException">There is no such call.</exception>
    Task<CallRecord> WaitForEndAsync(string callId, CancellationToken cancellationToken);

    /// <summary>Ends a call: cancels it while it rings, hangs up once it is answered. A call that is over is left as it is.</summary>
    /// <param name="callId">The call.</param>
    /// <param name="cause">Why, as one word of a log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The call as it stands; its end comes by callback.</returns>
    /// <exception cref="KeyNotFoundException">There is no such call.</exception>
    Task<CallRecord> HangUpAsync(string callId, string cause, CancellationToken cancellationToken);
}
