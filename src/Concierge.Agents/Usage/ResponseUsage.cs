namespace Concierge.Agents.Usage;

/// <summary>What one answer of a model used.</summary>
/// <param name="ResponseId">The answer.</param>
/// <param name="Turn">The turn it belongs to, from 1; 0 before the first.</param>
/// <param name="Agent">Who answered.</param>
/// <param name="Model">The model.</param>
/// <param name="Usage">The tokens and their cost.</param>
public sealed record ResponseUsage(string ResponseId, int Turn, string Agent, string Model, ModelUsage Usage);
