namespace Concierge.Calls.Carrier;

/// <summary>The carrier did not do what it was asked to.</summary>
/// <param name="error">What is known about it.</param>
/// <param name="message">In words; never a number, a token or a body.</param>
/// <param name="code">The carrier's own error code, or 0.</param>
/// <param name="inner">The cause.</param>
public sealed class CarrierException(CarrierError error, string message, int code = 0, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What is known about it.</summary>
    public CarrierError Error { get; } = error;

    /// <summary>The carrier's own error code (Twilio's, such as 21211), or 0.</summary>
    public int Code { get; } = code;
}
