namespace Concierge.WebSockets;

/// <summary>The header of one frame (RFC 6455 §5.2), already checked by <see cref="WebSocketFrameParser"/>.</summary>
public readonly struct WebSocketFrameHeader
{
    internal WebSocketFrameHeader(WebSocketOpcode opcode, bool fin, bool masked, uint maskKey, long payloadLength, int headerLength)
    {
        Opcode = opcode;
        IsFinal = fin;
        IsMasked = masked;
        MaskKey = maskKey;
        PayloadLength = payloadLength;
        HeaderLength = headerLength;
    }

    /// <summary>The opcode.</summary>
    public WebSocketOpcode Opcode { get; }

    /// <summary>FIN: the last frame of its message.</summary>
    public bool IsFinal { get; }

    /// <summary>Whether the payload is masked.</summary>
    public bool IsMasked { get; }

    /// <summary>The masking key, its first octet in the lowest byte; zero when not masked.</summary>
    public uint MaskKey { get; }

    /// <summary>Octets of payload that follow the header.</summary>
    public long PayloadLength { get; }

    /// <summary>Octets of the header itself, 2 to 14.</summary>
    public int HeaderLength { get; }

    /// <summary>Whether the opcode is that of a control frame (§5.5).</summary>
    public bool IsControl => ((byte)Opcode & 0x8) != 0;
}
