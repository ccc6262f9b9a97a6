namespace Concierge.Simulation.Realtime;

/// <summary>The body of an <c>error</c> event.</summary>
/// <param name="Code">The vendor's code.</param>
/// <param name="Message">The vendor's words, as far as they are known.</param>
/// <param name="Param">Path of the field at fault, or null.</param>
/// <param name="Type">Kind of error.</param>
public sealed record RealtimeTwinError(string Code, string Message, string? Param = null, string Type = "invalid_request_error");
