namespace Concierge.Simulation.Twilio;

/// <summary>What the vendor's debugger would show.</summary>
/// <param name="Code">31950, 31951 or 31931.</param>
/// <param name="At">When, on the stream's clock.</param>
/// <param name="Message">What was wrong.</param>
public sealed record TwilioTwinWarning(int Code, TimeSpan At, string Message);
