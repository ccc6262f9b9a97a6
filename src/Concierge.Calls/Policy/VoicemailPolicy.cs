namespace Concierge.Calls.Policy;

/// <summary>What is done when a machine answers.</summary>
public enum VoicemailPolicy : byte
{
    /// <summary>The call is ended.</summary>
    HangUp,

    /// <summary>A short message is left after the beep; then the call is ended.</summary>
    LeaveMessage,

    /// <summary>Nothing is detected; the agent talks to whatever answers.</summary>
    Ignore,
}
