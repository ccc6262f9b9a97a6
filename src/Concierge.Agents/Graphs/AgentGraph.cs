using Concierge.Agents.Tools;

namespace Concierge.Agents.Graphs;

/// <summary>The picture of a set of agents: who they are, what they can do, to whom they hand over.</summary>
/// <param name="Nodes">What is drawn.</param>
/// <param name="Edges">What leads where; by the nodes' ids.</param>
public sealed record AgentGraph(IReadOnlyList<GraphNode> Nodes, IReadOnlyList<GraphEdge> Edges)
{
    private const string StartId = "start";
    private const string EndId = "end";

    /// <summary>Draws up the picture. Conversations begin at the start and at every agent that no other one hands over to; they end at agents that hand over to nobody.</summary>
    public static AgentGraph Of(AgentSet set)
    {
        var nodes = new List<GraphNode> { new(StartId, "start", GraphNodeKind.Start) };
        var edges = new List<GraphEdge>();
        var targets = new HashSet<string>(set.Agents.SelectMany(a => a.Handoffs).Select(h => h.Target), StringComparer.OrdinalIgnoreCase);
        foreach (Agent agent in set.Agents)
        {
            nodes.Add(new GraphNode(AgentId(agent.Name), agent.Name, targets.Contains(agent.Name) ? GraphNodeKind.HandoffTarget : GraphNodeKind.Agent));
        }

        foreach (Agent agent in set.Agents.Where(a => ReferenceEquals(a, set.Start) || !targets.Contains(a.Name)))
        {
            edges.Add(new GraphEdge(StartId, AgentId(agent.Name), GraphEdgeKind.Handoff));
        }

        foreach (Agent agent in set.Agents)
        {
            AddNeighbours(agent, set, nodes, edges);
        }

        nodes.Add(new GraphNode(EndId, "end", GraphNodeKind.End));
        edges.AddRange(set.Agents.Where(a => a.Handoffs.Count == 0).Select(a => new GraphEdge(AgentId(a.Name), EndId, GraphEdgeKind.Handoff)));
        return new AgentGraph(nodes, edges);
    }

    private static void AddNeighbours(Agent agent, AgentSet set, List<GraphNode> nodes, List<GraphEdge> edges)
    {
        foreach (Handoff handoff in agent.Handoffs)
        {
            edges.Add(new GraphEdge(AgentId(agent.Name), AgentId(set[handoff.Target].Name), GraphEdgeKind.Handoff, handoff.ConditionText));
        }

        foreach (AgentTool tool in agent.Tools)
        {
            Add(nodes, new GraphNode($"tool {tool.Name}", tool.Name, GraphNodeKind.Tool));
            edges.Add(new GraphEdge(AgentId(agent.Name), $"tool {tool.Name}", GraphEdgeKind.Tool));
        }

        foreach (McpToolSource source in agent.McpServers)
        {
            Add(nodes, new GraphNode($"mcp {source.Server.Name}", source.Server.Name, GraphNodeKind.McpServer));
            edges.Add(new GraphEdge(AgentId(agent.Name), $"mcp {source.Server.Name}", GraphEdgeKind.Mcp));
        }
    }

    private static void Add(List<GraphNode> nodes, GraphNode node)
    {
        if (!nodes.Exists(n => n.Id == node.Id))
        {
            nodes.Add(node);
        }
    }

    private static string AgentId(string name) => $"agent {name}";
}
