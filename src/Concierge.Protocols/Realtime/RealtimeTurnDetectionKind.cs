namespace Concierge.Protocols.Realtime;

/// <summary>The kinds of turn detection.</summary>
public enum RealtimeTurnDetectionKind : byte
{
    /// <summary>None: push to talk.</summary>
    None,

    /// <summary><c>server_vad</c>.</summary>
    ServerVad,

    /// <summary><c>semantic_vad</c>.</summary>
    SemanticVad,
}
