using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines.Legs;

/// <summary>
/// Compares the formats that a session has with those asked for. An update that failed, or a later one that restored a default, would
/// otherwise be heard as noise (PROTOCOL B.3, "Guard").
/// </summary>
internal static class FormatGuard
{
    /// <summary>The wire format that a mode asks for in both directions.</summary>
    public static RealtimeAudioFormat FormatOf(CallAudioMode mode) => mode switch
    {
        CallAudioMode.MuLaw => RealtimeAudioFormat.Pcmu,
        CallAudioMode.ALaw => RealtimeAudioFormat.Pcma,
        _ => RealtimeAudioFormat.Pcm24k,
    };

    /// <summary>Whether the session says that it has the format both ways; a session that does not say does not meet it.</summary>
    public static bool IsMet(RealtimeSessionInfo? session, RealtimeAudioFormat wanted, out string found)
    {
        found = $"{session?.InputFormat?.Type ?? "none"} in and {session?.OutputFormat?.Type ?? "none"} out";
        return session?.InputFormat?.Known == wanted && session.OutputFormat?.Known == wanted;
    }
}
