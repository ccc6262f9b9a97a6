namespace Concierge.Simulation.Realtime;

/// <summary>One <c>conversation.item.truncate</c> of the client.</summary>
/// <param name="At">Time since the session opened.</param>
/// <param name="ItemId">The item.</param>
/// <param name="AudioEndMs">Where the client cut it: what it says was heard.</param>
/// <param name="SentMs">How much audio of the item had been sent.</param>
/// <param name="Error">Code of the refusal, or null.</param>
public sealed record RealtimeTwinTruncation(TimeSpan At, string ItemId, long AudioEndMs, double SentMs, string? Error);
