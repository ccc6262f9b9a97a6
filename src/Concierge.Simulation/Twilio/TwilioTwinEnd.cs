namespace Concierge.Simulation.Twilio;

/// <summary>Who ended a stream.</summary>
public enum TwilioTwinEnd
{
    /// <summary>The node sent a close frame.</summary>
    NodeClosed,

    /// <summary>The node's connection ended without a close frame.</summary>
    NodeDropped,

    /// <summary>The callee hung up, as the scenario says.</summary>
    CalleeHungUp,

    /// <summary>The callee waited in vain for its cue and hung up.</summary>
    CalleeGaveUp,

    /// <summary>The call reached its time limit.</summary>
    TimeLimit,

    /// <summary>A fault of the scenario ended it.</summary>
    Fault,

    /// <summary>The node broke the WebSocket protocol (31924).</summary>
    ProtocolError,

    /// <summary>The twin was told to stop.</summary>
    Cancelled,

    /// <summary>The call was given new instructions or ended by the carrier's REST interface.</summary>
    CallUpdated,
}
