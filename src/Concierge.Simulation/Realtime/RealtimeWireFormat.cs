namespace Concierge.Simulation.Realtime;

/// <summary>An audio format of the Realtime API.</summary>
public enum RealtimeWireFormat
{
    /// <summary><c>audio/pcm</c>, 24 kHz, 16 bit, little-endian.</summary>
    Pcm24k,

    /// <summary><c>audio/pcmu</c>, 8 kHz.</summary>
    Pcmu,

    /// <summary><c>audio/pcma</c>, 8 kHz.</summary>
    Pcma,
}
