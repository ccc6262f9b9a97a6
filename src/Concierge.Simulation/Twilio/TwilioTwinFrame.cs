namespace Concierge.Simulation.Twilio;

/// <summary>One 20 ms frame of a call, for displays.</summary>
/// <param name="At">The end of the frame on the stream's clock.</param>
/// <param name="CalleeDb">Level of what the callee said, in dBFS (-96 is silence).</param>
/// <param name="AgentDb">Level of what the callee heard, in dBFS.</param>
/// <param name="BufferedMs">Milliseconds of audio that wait in play-out.</param>
public readonly record struct TwilioTwinFrame(TimeSpan At, double CalleeDb, double AgentDb, double BufferedMs);
