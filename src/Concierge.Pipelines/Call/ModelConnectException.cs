namespace Concierge.Pipelines;

/// <summary>A model connection that did not come about.</summary>
/// <param name="reason">The end reason that the call gets: refused, timed out or fatal.</param>
/// <param name="message">What went wrong, without secrets.</param>
/// <param name="innerException">The cause, if any.</param>
public sealed class ModelConnectException(CallEndReason reason, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The end reason that the call gets.</summary>
    public CallEndReason Reason { get; } = reason;

    /// <summary>How long the server wants to be left alone (HTTP <c>Retry-After</c>); null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
