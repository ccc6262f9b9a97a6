namespace Concierge.Calls.Carrier;

/// <summary>Answering-machine detection. Source: Twilio, Calls resource, <c>MachineDetection</c> with <c>AsyncAmd</c>.</summary>
public enum MachineDetection : byte
{
    /// <summary>None.</summary>
    Off,

    /// <summary>Tells as soon as it is known who answered.</summary>
    Enable,

    /// <summary>Of a machine, tells when its greeting is over.</summary>
    DetectMessageEnd,
}
