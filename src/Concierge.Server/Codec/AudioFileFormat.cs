namespace Concierge.Server.Codec;

/// <summary>A file's audio format, known by its extension.</summary>
internal enum AudioFileFormat : byte
{
    /// <summary><c>.wav</c>: RIFF, 16-bit PCM, one or two channels.</summary>
    Wav,

    /// <summary><c>.ulaw</c>, <c>.ul</c>: mu-law octets without a header.</summary>
    MuLaw,

    /// <summary><c>.alaw</c>, <c>.al</c>: A-law octets without a header.</summary>
    ALaw,
}
