namespace Concierge.Pipelines;

/// <summary>The carrier did not do what was asked of it.</summary>
/// <param name="message">Why, without secrets or numbers.</param>
/// <param name="innerException">The cause, if any.</param>
public sealed class CallSteeringException(string message, Exception? innerException = null) : Exception(message, innerException);
