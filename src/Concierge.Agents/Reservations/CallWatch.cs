namespace Concierge.Agents.Reservations;

/// <summary>Somebody who wants to follow the telephone calls that a conversation in writing places. In its <see cref="AgentContext"/>.</summary>
/// <param name="Placed">Told the id of each call; returns at once.</param>
public sealed record CallWatch(Action<string> Placed);
