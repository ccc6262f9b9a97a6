namespace Concierge.WebSockets;

/// <summary>The opcodes of RFC 6455 §5.2; every other value is reserved and refused.</summary>
public enum WebSocketOpcode : byte
{
    /// <summary>A further frame of a fragmented message.</summary>
    Continuation = 0,

    /// <summary>A message whose payload is UTF-8 text.</summary>
    Text = 1,

    /// <summary>A message whose payload is arbitrary octets.</summary>
    Binary = 2,

    /// <summary>Control: the sender sends nothing after it (§5.5.1).</summary>
    Close = 8,

    /// <summary>Control: asks for a pong with the same payload (§5.5.2).</summary>
    Ping = 9,

    /// <summary>Control: answers a ping, or is an unsolicited sign of life (§5.5.3).</summary>
    Pong = 10,
}
