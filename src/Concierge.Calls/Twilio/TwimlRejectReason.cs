namespace Concierge.Calls.Twilio;

/// <summary>Why a call is refused before it is answered. Source: Twilio TwiML, <c>&lt;Reject reason&gt;</c>.</summary>
public enum TwimlRejectReason : byte
{
    /// <summary>The caller hears a not-in-service tone (<c>rejected</c>, Twilio's default).</summary>
    Rejected,

    /// <summary>The caller hears a busy tone (<c>busy</c>): what an overloaded or draining node answers.</summary>
    Busy,
}
