namespace Concierge.WebSockets;

/// <summary>What a read of a <see cref="WebSocketReader"/> found.</summary>
public enum WebSocketReadStatus : byte
{
    /// <summary>A whole message, or, after pieces of it were read, its last piece.</summary>
    Message,

    /// <summary>
    /// A close frame: <see cref="WebSocketReader.CloseCode"/> and <see cref="WebSocketReader.CloseReason"/> hold it, and it has been answered if no close was sent
    /// before. Nothing after it is parsed: every later read returns <see cref="EndOfStream"/>.
    /// </summary>
    Close,

    /// <summary>
    /// The peer broke the protocol or a limit: <see cref="WebSocketReader.Error"/> says how, and a close frame with its code has been sent. Nothing more is parsed:
    /// every later read returns the same.
    /// </summary>
    Error,

    /// <summary>
    /// The stream ended. <see cref="WebSocketReader.Error"/> is <see cref="WebSocketError.Truncated"/> inside a frame or message,
    /// <see cref="WebSocketError.TransportFailed"/> when the transport threw, otherwise none.
    /// </summary>
    EndOfStream,

    /// <summary>A part of a message of which more follows; only from <see cref="WebSocketReader.ReadPieceAsync"/> and <see cref="WebSocketReader.TryReadPiece"/>.</summary>
    Piece,
}
