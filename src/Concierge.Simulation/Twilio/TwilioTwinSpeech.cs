namespace Concierge.Simulation.Twilio;

/// <summary>A stretch of the agent's speech as the callee heard it (pauses under 400 ms included).</summary>
/// <param name="Start">Its first sound, on the stream's clock.</param>
/// <param name="End">Its last sound.</param>
public readonly record struct TwilioTwinSpeech(TimeSpan Start, TimeSpan End);
