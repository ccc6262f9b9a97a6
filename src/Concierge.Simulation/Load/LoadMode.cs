namespace Concierge.Simulation.Load;

/// <summary>What stands between the two far ends.</summary>
public enum LoadMode
{
    /// <summary>A bridge that gives the model PCM16 at 24 kHz.</summary>
    Pcm16,

    /// <summary>A bridge that gives the model mu-law.</summary>
    MuLaw,
}
