namespace Concierge.Pipelines;

/// <summary>
/// The node listens for the caller itself and holds the agent's audio back at the carrier before the model has said a word. What was held back is said again
/// from where it was cut when the model does not agree in time. Costs a decoded frame and up to a second of audio kept per call.
/// </summary>
public sealed record LocalBargeIn
{
    /// <summary>How long the caller must be heard. 10 ms to 1 s; default 120 ms.</summary>
    public TimeSpan MinimumSpeech { get; init; } = TimeSpan.FromMilliseconds(120);

    /// <summary>How loud. dBFS; default -38.</summary>
    public double ThresholdDbfs { get; init; } = -38;

    /// <summary>How far above the line's noise as well, in dB; default 10.</summary>
    public double NoiseMarginDb { get; init; } = 10;

    /// <summary>
    /// How much weaker than the agent's own voice an echo of it comes back at least, in dB; what is not louder than that is taken for echo. Default 12:
    /// a poor hybrid; lower values hear less, higher ones take more echo for speech.
    /// </summary>
    public double EchoLossDb { get; init; } = 12;

    /// <summary>How long after the agent's voice its echo may come back; default 400 ms.</summary>
    public TimeSpan EchoTail { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// Whether the model is given silence in place of what can be no more than the agent's echo. Without it a model on an echoing line hears the agent as a
    /// caller and stops it. Costs the softest sounds of a caller who speaks while the agent does; nothing once the caller is heard. Default true.
    /// </summary>
    public bool SilenceEcho { get; init; } = true;

    /// <summary>How long the model has to agree; default 600 ms.</summary>
    public TimeSpan ConfirmWithin { get; init; } = TimeSpan.FromMilliseconds(600);
}
