namespace Concierge.Pipelines;

/// <summary>How keys reach the other side.</summary>
public enum KeyMethod : byte
{
    /// <summary>As tones in the stream's own audio.</summary>
    InStream,

    /// <summary>
    /// By the carrier, which takes the call out of the stream for it (<see cref="ICallSteering.PressKeysAsync"/>): surer tones, and the end of this stream.
    /// </summary>
    CallUpdate,
}
