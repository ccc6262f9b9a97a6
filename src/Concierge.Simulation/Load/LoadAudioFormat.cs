namespace Concierge.Simulation.Load;

/// <summary>What the audio of a message is.</summary>
internal enum LoadAudioFormat
{
    /// <summary>G.711 mu-law, 8 kHz, one octet a sample.</summary>
    MuLaw,

    /// <summary>PCM, 16 bits little-endian, 24 kHz.</summary>
    Pcm16,
}
