namespace Concierge.WebSockets;

/// <summary>The two queues of a <see cref="WebSocketWriter"/>. Order holds inside a lane; pending control overtakes pending media.</summary>
public enum WebSocketLane : byte
{
    /// <summary>What must arrive: protocol events, clear, marks. Refused, never dropped, when its budget is full.</summary>
    Control,

    /// <summary>Audio, which goes stale: has a budget of its own and, by default, loses its oldest messages when over it.</summary>
    Media,
}
