namespace Concierge.Protocols.Realtime;

/// <summary>An <c>error</c> of the server, from an <c>error</c> event, a failed transcription or a failed response.</summary>
/// <param name="Type">For instance <c>invalid_request_error</c> or <c>server_error</c>.</param>
/// <param name="Code">The cause; an open set, see <see cref="RealtimeErrorCodes"/>.</param>
/// <param name="Message">For people.</param>
/// <param name="Param">The field at fault, as a path such as <c>session.audio.output.format.rate</c>.</param>
/// <param name="EventId">The client event that caused it, when that carried an id.</param>
public sealed record RealtimeErrorInfo(string? Type, string? Code, string? Message, string? Param, string? EventId);
