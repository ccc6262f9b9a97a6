namespace Concierge.WebSockets;

/// <summary>What a server answers to an upgrade request.</summary>
public readonly struct WebSocketUpgradeDecision
{
    internal WebSocketUpgradeDecision(string accept, string? subprotocol)
    {
        StatusCode = 101;
        Accept = accept;
        Subprotocol = subprotocol;
    }

    internal WebSocketUpgradeDecision(WebSocketHandshakeError error, int statusCode, string? fieldName, string? fieldValue)
    {
        Error = error;
        StatusCode = statusCode;
        FieldName = fieldName;
        FieldValue = fieldValue;
    }

    /// <summary>Whether the request is a proper upgrade: answer 101 with <see cref="Accept"/>.</summary>
    public bool IsAccepted => StatusCode == 101;

    /// <summary>101, 400, 405, 426, 431 or 505.</summary>
    public int StatusCode { get; }

    /// <summary>Why not, or None.</summary>
    public WebSocketHandshakeError Error { get; }

    /// <summary>The value of Sec-WebSocket-Accept; null when not accepted.</summary>
    public string? Accept { get; }

    /// <summary>The subprotocol chosen for Sec-WebSocket-Protocol, or null for no such field.</summary>
    public string? Subprotocol { get; }

    /// <summary>A field that the refusal must carry (Allow, Upgrade, Sec-WebSocket-Version), or null.</summary>
    public string? FieldName { get; }

    /// <summary>The value of <see cref="FieldName"/>.</summary>
    public string? FieldValue { get; }

    /// <summary>The standard reason phrase of <see cref="StatusCode"/>.</summary>
    public string ReasonPhrase => StatusCode switch
    {
        101 => "Switching Protocols",
        405 => "Method Not Allowed",
        426 => "Upgrade Required",
        431 => "Request Header Fields Too Large",
        505 => "HTTP Version Not Supported",
        _ => "Bad Request",
    };

    /// <summary>One line for the body of a refusal: what is wrong and what to do; ASCII.</summary>
    public string Describe() => Error switch
    {
        WebSocketHandshakeError.None => "",
        WebSocketHandshakeError.MethodNotGet => "A WebSocket upgrade is a GET request.\n",
        WebSocketHandshakeError.HttpVersionTooOld => "A WebSocket upgrade needs HTTP/1.1.\n",
        WebSocketHandshakeError.HostMissing => "Exactly one Host field is required.\n",
        WebSocketHandshakeError.UpgradeMissing => "This path is a WebSocket: send Upgrade: websocket.\n",
        WebSocketHandshakeError.ConnectionMissing => "This path is a WebSocket: send Connection: Upgrade.\n",
        WebSocketHandshakeError.KeyInvalid => "Sec-WebSocket-Key must be 16 octets in base64, once.\n",
        WebSocketHandshakeError.VersionUnsupported => "Only Sec-WebSocket-Version 13 is supported.\n",
        WebSocketHandshakeError.HeadTooLarge => "The request head is too large.\n",
        _ => "This is not an HTTP/1.1 upgrade request.\n",
    };
}
