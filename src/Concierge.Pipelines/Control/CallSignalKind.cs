namespace Concierge.Pipelines.Control;

/// <summary>The kinds of <see cref="CallSignal"/>.</summary>
internal enum CallSignalKind : byte
{
    /// <summary>Something happened: the payload is a <see cref="CallEvent"/>.</summary>
    Event,

    /// <summary>The controller wants the model to speak; the payload is instructions or null.</summary>
    RequestResponse,

    /// <summary>The controller answers a tool call.</summary>
    ToolOutput,

    /// <summary>The controller adds a message of the user.</summary>
    UserText,

    /// <summary>The controller adds a note of the system.</summary>
    SystemText,

    /// <summary>The controller adds audio as the caller's; the payload is an <see cref="InjectedAudio"/>.</summary>
    Audio,

    /// <summary>The controller changes the session.</summary>
    SessionUpdate,

    /// <summary>The controller wants the agent to fall silent.</summary>
    Interrupt,

    /// <summary>The controller wants the call to end once all is heard.</summary>
    EndAfterPlayback,

    /// <summary>The controller presses keys; the payload is their names; asked to respond: by the carrier.</summary>
    PressKeys,

    /// <summary>The controller hands the call over; the payload is a <see cref="CallTransfer"/>.</summary>
    Transfer,

    /// <summary>The carrier did what was asked of it, or not; the payload is the <see cref="CallEvent"/> that tells so, null for success.</summary>
    SteeringDone,

    /// <summary>How the agent behaves is known; the payload is a <see cref="CallConduct"/>.</summary>
    Conduct,

    /// <summary>Something of the call's conduct has fallen due.</summary>
    Due,

    /// <summary>The model refused our request for a response because another was active.</summary>
    ResponseRefused,

    /// <summary>The connection to the model is lost.</summary>
    ModelGone,

    /// <summary>A new session of the model is to take over; the payload is a <see cref="Upstream.ModelReplacement"/>.</summary>
    ModelReplaced,
}
