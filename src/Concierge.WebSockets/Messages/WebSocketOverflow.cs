namespace Concierge.WebSockets;

/// <summary>What the media lane does when a message does not fit its budget.</summary>
public enum WebSocketOverflow : byte
{
    /// <summary>Drops whole messages from the lane's oldest end until the new one fits, and counts them.</summary>
    DropOldest,

    /// <summary>Refuses the new message (<see cref="WebSocketAppendResult.Full"/>).</summary>
    Refuse,
}
