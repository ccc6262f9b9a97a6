namespace Concierge.Agents.Telephone;

/// <summary>A message that a caller left.</summary>
/// <param name="ConversationId">The call.</param>
/// <param name="From">Who left it, in their own words; null when they did not say.</param>
/// <param name="Phone">Where to call back; null when they did not say.</param>
/// <param name="Text">The message.</param>
public sealed record TakenMessage(string ConversationId, string? From, string? Phone, string Text);
