namespace Concierge.Pipelines;

/// <summary>What crosses the bridge towards the model.</summary>
public enum CallAudioMode : byte
{
    /// <summary>Mu-law 8 kHz at the carrier, PCM16 24 kHz at the model, transcoded here.</summary>
    Pcm16,

    /// <summary>Mu-law at both ends; audio is passed through without decoding.</summary>
    MuLaw,

    /// <summary>Mu-law at the carrier, A-law at the model; codes are converted here.</summary>
    ALaw,
}
