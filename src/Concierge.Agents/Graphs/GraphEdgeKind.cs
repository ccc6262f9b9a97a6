namespace Concierge.Agents.Graphs;

/// <summary>What a line means; each has its stroke.</summary>
public enum GraphEdgeKind : byte
{
    /// <summary>The conversation goes on there: solid.</summary>
    Handoff,

    /// <summary>A tool is called and answers: dotted, both ways.</summary>
    Tool,

    /// <summary>A tool server is used: dashed, both ways.</summary>
    Mcp,
}
