namespace Concierge.Calls.Carrier;

/// <summary>The carrier's REST API, as much of it as calls need. Thread-safe. Every member may throw <see cref="CarrierException"/>.</summary>
public interface ICarrierClient
{
    /// <summary>Has a call dialled. Not repeated when it is unclear whether the order arrived: nobody is called twice.</summary>
    /// <param name="order">The call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The call as the carrier sees it.</returns>
    Task<CarrierCall> CreateAsync(CarrierCallOrder order, CancellationToken cancellationToken);

    /// <summary>Asks how a call is.</summary>
    /// <param name="callSid">The call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The call, or null when the carrier does not know it.</returns>
    Task<CarrierCall?> FetchAsync(string callSid, CancellationToken cancellationToken);

    /// <summary>Ends a call.</summary>
    /// <param name="callSid">The call.</param>
    /// <param name="answered">True to hang up (<c>completed</c>), false to cancel while it is queued or rings (<c>canceled</c>).</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The call, or null when the carrier does not know it.</returns>
    Task<CarrierCall?> EndAsync(string callSid, bool answered, CancellationToken cancellationToken);

    /// <summary>Gives a call new TwiML; its media stream ends.</summary>
    /// <param name="callSid">The call.</param>
    /// <param name="twiml">The document, 4,000 characters at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The call, or null when the carrier does not know it.</returns>
    Task<CarrierCall?> RedirectAsync(string callSid, string twiml, CancellationToken cancellationToken);
}
