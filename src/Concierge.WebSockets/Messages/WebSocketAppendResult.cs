namespace Concierge.WebSockets;

/// <summary>What became of an append to a <see cref="WebSocketWriter"/>.</summary>
public enum WebSocketAppendResult : byte
{
    /// <summary>Taken; it goes out with the next flush.</summary>
    Accepted,

    /// <summary>Taken, and one or more of the lane's oldest pending messages were dropped for it.</summary>
    DroppedOldest,

    /// <summary>Not taken: the lane's budget is used up. Nothing changed.</summary>
    Full,

    /// <summary>Not taken: a close frame was sent, the writer was aborted or the transport failed. Nothing is taken any more.</summary>
    Closed,
}
