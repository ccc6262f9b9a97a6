namespace Concierge.Calls.Outbound;

/// <summary>A call that was not placed because it may not be.</summary>
/// <param name="refusal">Which rule forbids it.</param>
/// <param name="message">What is wrong and what to do, in a sentence without the number.</param>
/// <param name="retryAfter">When to come back, where that helps.</param>
public sealed class CallRefusedException(CallRefusal refusal, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    /// <summary>Which rule forbids it.</summary>
    public CallRefusal Refusal { get; } = refusal;

    /// <summary>When to come back, or null when that does not help.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
