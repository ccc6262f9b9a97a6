namespace Concierge.Pipelines.Upstream;

/// <summary>How a connection to the model ended.</summary>
/// <param name="Reason">The end reason that the call gets if the model does not come back.</param>
/// <param name="Detail">What happened, in words and without secrets.</param>
/// <param name="RetryAfter">How long the server wants to be left alone, if it said.</param>
internal sealed record ModelLoss(CallEndReason Reason, string Detail, TimeSpan? RetryAfter = null)
{
    /// <summary>Whether a further attempt may succeed.</summary>
    public bool IsTransient => Reason is CallEndReason.ModelRefused or CallEndReason.ModelTimeout or CallEndReason.ModelClosed
        or CallEndReason.ModelDisconnected or CallEndReason.ModelProtocolError;
}
