namespace Concierge.Agents;

/// <summary>One hand-off.</summary>
/// <param name="From">Who hands over.</param>
/// <param name="To">Who takes over.</param>
/// <param name="Reason">Why, in the model's words; null when it gave none.</param>
/// <param name="Context">The conversation's context; variables set here are in the new agent's instructions.</param>
public sealed record HandoffEvent(Agent From, Agent To, string? Reason, AgentContext Context);
