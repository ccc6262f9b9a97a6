namespace Concierge.WebSockets;

/// <summary>Bounds of a <see cref="WebSocketWriter"/>, in octets of framed messages (header included).</summary>
public sealed record WebSocketWriterOptions
{
    private readonly int _controlBudget = 256 * 1024;
    private readonly int _mediaBudget = 64 * 1024;
    private readonly int _flushChunk = 16 * 1024;

    /// <summary>The defaults.</summary>
    public static WebSocketWriterOptions Default { get; } = new();

    /// <summary>Pending control octets, and the largest control-lane message. Default 256 KiB; 256 to 256 MiB.</summary>
    public int ControlBudget
    {
        get => _controlBudget;
        init => _controlBudget = InRange(value);
    }

    /// <summary>
    /// Pending media octets, and the largest media-lane message. Default 64 KiB: about 5 s of 20 ms mu-law frames to a carrier, 1 s of PCM16 24 kHz to a model;
    /// 256 to 256 MiB.
    /// </summary>
    public int MediaBudget
    {
        get => _mediaBudget;
        init => _mediaBudget = InRange(value);
    }

    /// <summary>
    /// How much is handed to the transport per flush before the lanes are looked at again: what a control message may have to wait behind. Default 16 KiB;
    /// 256 to 256 MiB. A single message above it goes out whole.
    /// </summary>
    public int FlushChunk
    {
        get => _flushChunk;
        init => _flushChunk = InRange(value);
    }

    /// <summary>What happens to media over its budget. Default <see cref="WebSocketOverflow.DropOldest"/>.</summary>
    public WebSocketOverflow MediaOverflow { get; init; }

    private static int InRange(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 256);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 256 * 1024 * 1024);
        return value;
    }
}
