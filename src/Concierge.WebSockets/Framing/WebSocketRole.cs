namespace Concierge.WebSockets;

/// <summary>Which end of the connection this side is; it decides who masks (RFC 6455 §5.1).</summary>
public enum WebSocketRole : byte
{
    /// <summary>This side accepted the upgrade: what it receives must be masked, what it sends must not be.</summary>
    Server,

    /// <summary>This side asked for the upgrade: what it sends must be masked, what it receives must not be.</summary>
    Client,
}
