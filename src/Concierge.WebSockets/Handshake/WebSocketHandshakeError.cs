namespace Concierge.WebSockets;

/// <summary>Why an opening handshake is not acceptable (RFC 6455 §4).</summary>
public enum WebSocketHandshakeError : byte
{
    /// <summary>No error.</summary>
    None,

    /// <summary>The head is not HTTP/1.1 as RFC 9112 has it.</summary>
    Malformed,

    /// <summary>The head is longer, or has more fields, than allowed.</summary>
    HeadTooLarge,

    /// <summary>The stream ended before the head did.</summary>
    EndedEarly,

    /// <summary>Request: the method is not GET (§4.1).</summary>
    MethodNotGet,

    /// <summary>Request: not HTTP/1.1 or higher (§4.1).</summary>
    HttpVersionTooOld,

    /// <summary>Request: no or more than one Host field (§4.2.1).</summary>
    HostMissing,

    /// <summary>The Upgrade field does not name websocket (§4.2.1, §4.1).</summary>
    UpgradeMissing,

    /// <summary>The Connection field does not name Upgrade (§4.2.1, §4.1).</summary>
    ConnectionMissing,

    /// <summary>Request: Sec-WebSocket-Key is missing, repeated, or not 16 octets in base64 (§4.2.1).</summary>
    KeyInvalid,

    /// <summary>Request: Sec-WebSocket-Version is not 13 (§4.2.2).</summary>
    VersionUnsupported,

    /// <summary>Response: the status is a redirection; they are not followed.</summary>
    Redirected,

    /// <summary>Response: the status is not 101.</summary>
    UnexpectedStatus,

    /// <summary>Response: Sec-WebSocket-Accept is missing or wrong (§4.1).</summary>
    AcceptMismatch,

    /// <summary>Response: an extension that was not offered; none ever is (§4.1).</summary>
    ExtensionNotOffered,

    /// <summary>Response: a subprotocol that was not offered (§4.1).</summary>
    SubprotocolNotOffered,
}
