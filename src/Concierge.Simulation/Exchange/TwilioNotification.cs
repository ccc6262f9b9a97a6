namespace Concierge.Simulation.Exchange;

/// <summary>One line of the vendor's debugger.</summary>
/// <param name="Sid">NO and 32 hexadecimal digits.</param>
/// <param name="CallSid">The call.</param>
/// <param name="Code">The vendor's error or warning code.</param>
/// <param name="IsWarning">Whether the call went on as if nothing was.</param>
/// <param name="At">When.</param>
/// <param name="Message">What.</param>
/// <param name="Url">The address concerned; empty when none is.</param>
public sealed record TwilioNotification(string Sid, string CallSid, int Code, bool IsWarning, DateTimeOffset At, string Message, string Url);
