namespace Concierge.Calls.Twilio;

/// <summary>Another party that a call is put through to: <c>&lt;Dial&gt;</c>. Source: Twilio TwiML reference, Dial and Number.</summary>
/// <param name="Target">A number in E.164, or a SIP address (<c>sip:</c> or <c>sips:</c>).</param>
public sealed record TwimlDial(string Target)
{
    /// <summary>How long it rings there, in seconds, 5 to 600.</summary>
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>Where Twilio asks for more TwiML once that leg is over or was not answered (with <c>DialCallStatus</c>), or null to go on with the next verb.</summary>
    public string? Action { get; init; }

    /// <summary>Where Twilio asks for TwiML that the one who answers hears before the two are put through; the caller hears it ring meanwhile. Null for none.</summary>
    public string? Whisper { get; init; }
}
