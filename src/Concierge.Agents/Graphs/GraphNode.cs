namespace Concierge.Agents.Graphs;

/// <summary>One thing in the picture.</summary>
/// <param name="Id">Unique in the picture.</param>
/// <param name="Label">What is written on it.</param>
/// <param name="Kind">What it is.</param>
public sealed record GraphNode(string Id, string Label, GraphNodeKind Kind);
