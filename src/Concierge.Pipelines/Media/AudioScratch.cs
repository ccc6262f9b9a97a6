namespace Concierge.Pipelines.Media;

/// <summary>
/// Scratch for one frame's conversions, one per thread and not per call: frames are handled to their end without a pause, so the loops
/// that share a thread share its scratch.
/// </summary>
internal sealed class AudioScratch
{
    /// <summary>Octets of mu-law converted at a time: 100 ms.</summary>
    public const int PieceOctets = 800;

    /// <summary>Characters of base64 decoded at a time; four of them make three octets.</summary>
    public const int PieceText = 4096;

    [ThreadStatic]
    private static AudioScratch? s_current;

    /// <summary>This thread's scratch.</summary>
    public static AudioScratch Current => s_current ??= new AudioScratch();

    /// <summary>Decoded octets: mu-law, or PCM16 as octets.</summary>
    public byte[] Octets { get; } = new byte[PieceText / 4 * 3];

    /// <summary>A carrier message's payload, decoded.</summary>
    public byte[] Payload { get; } = new byte[64 * 1024];

    /// <summary>Samples at 8 kHz.</summary>
    public short[] Narrow { get; } = new short[PieceText];

    /// <summary>Samples at 24 kHz.</summary>
    public short[] Wide { get; } = new short[PieceOctets * 3 + 64];

    /// <summary>Companded octets on their way out.</summary>
    public byte[] Companded { get; } = new byte[PieceText];
}
