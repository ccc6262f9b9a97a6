namespace Concierge.Protocols.Realtime;

/// <summary>How audio travels between this node and the model.</summary>
public enum RealtimeAudioFormat : byte
{
    /// <summary><c>audio/pcm</c>: 16-bit little-endian PCM, one channel, 24,000 Hz; 48 bytes are a millisecond.</summary>
    Pcm24k,

    /// <summary><c>audio/pcmu</c>: G.711 mu-law, 8,000 Hz; 8 bytes are a millisecond.</summary>
    Pcmu,

    /// <summary><c>audio/pcma</c>: G.711 A-law, 8,000 Hz; 8 bytes are a millisecond.</summary>
    Pcma,
}
