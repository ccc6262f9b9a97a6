namespace Concierge.Pipelines;

/// <summary>A controller's refusal of a stream.</summary>
/// <param name="reason">The end reason that the call gets, for instance <see cref="CallEndReason.CarrierUnauthorized"/>.</param>
/// <param name="message">Why, without secrets.</param>
public sealed class CallRejectedException(CallEndReason reason, string message) : Exception(message)
{
    /// <summary>The end reason that the call gets.</summary>
    public CallEndReason Reason { get; } = reason;
}
