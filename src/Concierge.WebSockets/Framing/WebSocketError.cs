namespace Concierge.WebSockets;

/// <summary>Why a WebSocket connection failed. The list is closed; <see cref="WebSocketErrors.CloseCode"/> gives each its close code.</summary>
public enum WebSocketError : byte
{
    /// <summary>No error.</summary>
    None,

    /// <summary>A reserved bit is set although no extension was negotiated (RFC 6455 §5.2): 1002.</summary>
    ReservedBits,

    /// <summary>An opcode of 3 to 7 or 11 to 15 (§5.2): 1002.</summary>
    ReservedOpcode,

    /// <summary>A client's frame came without a mask (§5.1): 1002.</summary>
    MaskRequired,

    /// <summary>A server's frame came with a mask (§5.1): 1002.</summary>
    MaskForbidden,

    /// <summary>A length was not written in its shortest form (§5.2): 1002.</summary>
    LengthNotMinimal,

    /// <summary>The top bit of a 64-bit length is set (§5.2): 1002.</summary>
    LengthTopBit,

    /// <summary>A control frame without FIN (§5.4, §5.5): 1002.</summary>
    ControlFragmented,

    /// <summary>A control frame of more than 125 octets (§5.5): 1002.</summary>
    ControlTooLong,

    /// <summary>A continuation frame while no message is open (§5.4): 1002.</summary>
    UnexpectedContinuation,

    /// <summary>A new data frame while a fragmented message is open (§5.4): 1002.</summary>
    ExpectedContinuation,

    /// <summary>A close frame whose body is one octet (§5.5.1): 1002.</summary>
    CloseTooShort,

    /// <summary>A close code that must not appear on the wire (§7.4): 1002.</summary>
    CloseCodeInvalid,

    /// <summary>A close reason that is not UTF-8 (§5.5.1, §8.1): 1007.</summary>
    CloseReasonInvalid,

    /// <summary>A text message that is not UTF-8 (§8.1): 1007.</summary>
    InvalidUtf8,

    /// <summary>A frame above <see cref="WebSocketLimits.MaxFramePayload"/>: 1009.</summary>
    FrameTooBig,

    /// <summary>A message above <see cref="WebSocketLimits.MaxMessageSize"/>: 1009.</summary>
    MessageTooBig,

    /// <summary>A message of more than <see cref="WebSocketLimits.MaxFragmentsPerMessage"/> frames: 1008.</summary>
    TooManyFragments,

    /// <summary>For the application: a type of data it cannot take: 1003.</summary>
    UnsupportedData,

    /// <summary>For the application: a message against its rules: 1008.</summary>
    PolicyViolation,

    /// <summary>For the application: this side failed: 1011.</summary>
    InternalError,

    /// <summary>For the application: this side goes away: 1001.</summary>
    GoingAway,

    /// <summary>The peer answered no ping in time: 1006, never sent.</summary>
    PeerSilent,

    /// <summary>The stream ended inside a frame or a message: 1006, never sent.</summary>
    Truncated,

    /// <summary>The transport failed, a reset for example: 1006, never sent.</summary>
    TransportFailed,
}
