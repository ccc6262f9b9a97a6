namespace Concierge.Agents.Graphs;

/// <summary>One line in the picture.</summary>
/// <param name="From">The node it leaves.</param>
/// <param name="To">The node it reaches.</param>
/// <param name="Kind">What it means.</param>
/// <param name="Label">What is written beside it; null for nothing.</param>
public sealed record GraphEdge(string From, string To, GraphEdgeKind Kind, string? Label = null);
