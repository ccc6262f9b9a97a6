namespace Concierge.Server.Recording;

/// <summary>A stretch of one call on its way to the disk. Pooled by <see cref="RecordingWriter"/>.</summary>
internal sealed class RecordingBlock
{
    /// <summary>Samples of each side: 200 ms at 8 kHz.</summary>
    public const int Samples = 1600;

    /// <summary>Whose it is.</summary>
    public RecordingFile File { get; set; } = null!;

    /// <summary>The first sample's place in the call.</summary>
    public long Position { get; set; }

    /// <summary>How many samples of each side count.</summary>
    public int Length { get; set; }

    /// <summary>Whether nothing follows.</summary>
    public bool IsLast { get; set; }

    /// <summary>Mu-law of the caller.</summary>
    public byte[] Caller { get; } = new byte[Samples];

    /// <summary>Mu-law of the agent.</summary>
    public byte[] Agent { get; } = new byte[Samples];
}
