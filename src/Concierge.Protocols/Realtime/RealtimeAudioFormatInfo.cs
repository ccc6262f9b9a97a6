namespace Concierge.Protocols.Realtime;

/// <summary>A format as the server names it.</summary>
/// <param name="Type">For instance <c>audio/pcm</c>; null when the server named none.</param>
/// <param name="Rate">In hertz; null when the server named none.</param>
public sealed record RealtimeAudioFormatInfo(string? Type, int? Rate)
{
    /// <summary>The format this project speaks, or null when it is none of them: then audio must not flow, for it would be noise.</summary>
    public RealtimeAudioFormat? Known => (Type, Rate) switch
    {
        ("audio/pcm", null or 24000) => RealtimeAudioFormat.Pcm24k,
        ("audio/pcmu", null or 8000) => RealtimeAudioFormat.Pcmu,
        ("audio/pcma", null or 8000) => RealtimeAudioFormat.Pcma,
        _ => null,
    };
}
