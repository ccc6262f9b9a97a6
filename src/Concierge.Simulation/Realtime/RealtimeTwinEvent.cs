namespace Concierge.Simulation.Realtime;

/// <summary>One event as the twin sent or received it.</summary>
/// <param name="At">Time since the session opened.</param>
/// <param name="Type">The event's <c>type</c>.</param>
/// <param name="Bytes">Length of the message.</param>
/// <param name="Accepted">Sent: the socket took it. Received: it caused no error.</param>
/// <param name="Text">The message, when it was kept: all received ones but audio, sent ones on demand.</param>
public readonly record struct RealtimeTwinEvent(TimeSpan At, string Type, int Bytes, bool Accepted, string? Text);
