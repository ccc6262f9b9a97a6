namespace Concierge.Simulation.Exchange;

/// <summary>One TwiML verb as it was executed.</summary>
/// <param name="At">When it began, since the call was created.</param>
/// <param name="Name">Say, Play, Connect ...</param>
/// <param name="Detail">What was said or where to.</param>
public sealed record TwilioExchangeVerb(TimeSpan At, string Name, string Detail);
