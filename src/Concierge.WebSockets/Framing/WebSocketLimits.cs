namespace Concierge.WebSockets;

/// <summary>Hard caps on what a peer may send, checked on the header, before any buffer grows.</summary>
public sealed record WebSocketLimits
{
    private readonly int _maxFramePayload = 1024 * 1024;
    private readonly int _maxMessageSize = 1024 * 1024;
    private readonly int _maxFragments = 1024;

    /// <summary>The defaults.</summary>
    public static WebSocketLimits Default { get; } = new();

    /// <summary>Octets in one frame's payload. Default 1 MiB; at least 125.</summary>
    public int MaxFramePayload
    {
        get => _maxFramePayload;
        init => _maxFramePayload = AtLeast(value, 125);
    }

    /// <summary>Octets in one message, over all its frames. Default 1 MiB; at least 125.</summary>
    public int MaxMessageSize
    {
        get => _maxMessageSize;
        init => _maxMessageSize = AtLeast(value, 125);
    }

    /// <summary>Frames in one message, empty ones included. Default 1,024; at least 1.</summary>
    public int MaxFragmentsPerMessage
    {
        get => _maxFragments;
        init => _maxFragments = AtLeast(value, 1);
    }

    private static int AtLeast(int value, int minimum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, minimum);
        return value;
    }
}
