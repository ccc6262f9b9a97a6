namespace Concierge.Protocols.Realtime;

/// <summary>What <c>session.created</c> and <c>session.updated</c> say is in force.</summary>
/// <param name="Id">The session's id (<c>sess_...</c>).</param>
/// <param name="Type"><c>realtime</c> or <c>transcription</c>.</param>
/// <param name="Model">The model that answers.</param>
/// <param name="ExpiresAt">When the server will end the session; null when it does not say.</param>
/// <param name="InputFormat">The format it expects; null when it does not say.</param>
/// <param name="OutputFormat">The format it will send; null when it does not say.</param>
/// <param name="Voice">The voice's name or custom id.</param>
/// <param name="TurnDetection"><c>server_vad</c>, <c>semantic_vad</c>, or null when turn detection is off.</param>
/// <param name="Instructions">The instructions in force.</param>
/// <param name="ToolNames">The function tools in force, in their order.</param>
public sealed record RealtimeSessionInfo(
    string? Id,
    string? Type,
    string? Model,
    DateTimeOffset? ExpiresAt,
    RealtimeAudioFormatInfo? InputFormat,
    RealtimeAudioFormatInfo? OutputFormat,
    string? Voice,
    string? TurnDetection,
    string? Instructions,
    IReadOnlyList<string> ToolNames);
