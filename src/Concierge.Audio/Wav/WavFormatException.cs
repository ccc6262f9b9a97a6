namespace Concierge.Audio;

/// <summary>A file is not the WAV that this project reads; the message says what was found and at which byte offset.</summary>
public sealed class WavFormatException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, and where.</param>
    public WavFormatException(string message)
        : base(message)
    {
    }
}
