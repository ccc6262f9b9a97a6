namespace Concierge.Protocols.Realtime;

/// <summary>How soon semantic turn detection takes the turn.</summary>
public enum RealtimeEagerness : byte
{
    /// <summary>The server's default, as medium.</summary>
    Auto,

    /// <summary>Waits up to 8 s.</summary>
    Low,

    /// <summary>Waits up to 4 s.</summary>
    Medium,

    /// <summary>Waits up to 2 s.</summary>
    High,
}
