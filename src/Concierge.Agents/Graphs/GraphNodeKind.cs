namespace Concierge.Agents.Graphs;

/// <summary>What a node is; each has its shape and colour.</summary>
public enum GraphNodeKind : byte
{
    /// <summary>Where conversations begin: a light-blue ellipse.</summary>
    Start,

    /// <summary>Where they end: a light-blue ellipse.</summary>
    End,

    /// <summary>An agent nobody hands over to: a light-yellow box.</summary>
    Agent,

    /// <summary>An agent that others hand over to: a light-yellow rounded box.</summary>
    HandoffTarget,

    /// <summary>A tool: a light-green ellipse.</summary>
    Tool,

    /// <summary>A tool server: a light-grey box.</summary>
    McpServer,
}
