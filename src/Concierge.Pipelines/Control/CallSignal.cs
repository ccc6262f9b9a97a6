namespace Concierge.Pipelines.Control;

/// <summary>One thing for the control loop to handle: what happened, or what the controller asks for.</summary>
/// <param name="Kind">What <paramref name="Payload"/> is.</param>
/// <param name="Payload">A <see cref="CallEvent"/>, or the command's text.</param>
/// <param name="Id">The tool call's id, for a tool output.</param>
/// <param name="Respond">Whether a tool output asks for a response.</param>
internal readonly record struct CallSignal(CallSignalKind Kind, object? Payload = null, string? Id = null, bool Respond = false);
