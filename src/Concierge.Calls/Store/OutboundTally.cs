namespace Concierge.Calls.Store;

/// <summary>What was dialled in a span of time.</summary>
/// <param name="Calls">Calls placed, whatever became of them.</param>
/// <param name="Seconds">Seconds the answered ones lasted so far.</param>
/// <param name="Running">Calls that are not over.</param>
public sealed record OutboundTally(int Calls, long Seconds, int Running);
