namespace Concierge.Simulation.Twilio;

/// <summary>One clear of the node.</summary>
/// <param name="At">When it arrived, on the stream's clock.</param>
/// <param name="DroppedMs">Milliseconds of audio that it dropped.</param>
/// <param name="Marks">Marks that it returned.</param>
public sealed record TwilioTwinClear(TimeSpan At, double DroppedMs, int Marks);
