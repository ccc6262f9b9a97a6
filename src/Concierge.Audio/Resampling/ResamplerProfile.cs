namespace Concierge.Audio;

/// <summary>
/// What a resampler trades: delay against the steepness of its filter. Figures are for 8 kHz to 24 kHz and back; <c>docs/audio.md</c> holds the measured ones, which tests hold.
/// </summary>
public enum ResamplerProfile
{
    /// <summary>0.875 ms each way, images at least 49 dB down; phase linear within 0.01 rad.</summary>
    LowLatency,

    /// <summary>1.875 ms each way, images at least 89 dB down, flat within 0.01 dB to 3.4 kHz; phase linear within 0.001 rad. The default.</summary>
    Balanced,

    /// <summary>Strictly linear phase, 2.875 ms each way, flat within 0.002 dB to 3.4 kHz.</summary>
    HighFidelity,

    /// <summary>Nearly the magnitude of <see cref="Balanced"/> with the least delay a filter can have: at most 0.5 ms at 1 kHz, more near 3.4 kHz. Waveforms change shape; ears seldom notice.</summary>
    MinimumPhase,
}
