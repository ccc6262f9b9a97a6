using System.Text;

namespace Concierge.Agents.Graphs;

/// <summary>Writes the picture for Mermaid, which Markdown viewers draw.</summary>
public static class MermaidWriter
{
    /// <summary>The picture as a Mermaid flowchart.</summary>
    public static string Write(AgentGraph graph)
    {
        var ids = graph.Nodes.Select((n, i) => (n.Id, Short: $"n{i}")).ToDictionary(n => n.Id, n => n.Short);
        var text = new StringBuilder("flowchart LR\n");
        foreach (GraphNode node in graph.Nodes)
        {
            string label = $"\"{node.Label.Replace("\"", "#quot;", StringComparison.Ordinal)}\"";
            string shape = node.Kind switch
            {
                GraphNodeKind.Start or GraphNodeKind.End or GraphNodeKind.Tool => $"([{label}])",
                GraphNodeKind.HandoffTarget => $"({label})",
                _ => $"[{label}]",
            };
            text.Append($"  {ids[node.Id]}{shape}:::{Class(node.Kind)}\n");
        }

        var dashed = new List<int>();
        for (int i = 0; i < graph.Edges.Count; i++)
        {
            GraphEdge edge = graph.Edges[i];
            string arrow = edge.Kind switch
            {
                GraphEdgeKind.Handoff => edge.Label is null ? "-->" : $"-- \"{edge.Label.Replace("\"", "#quot;", StringComparison.Ordinal)}\" -->",
                _ => "<-.->",
            };
            text.Append($"  {ids[edge.From]} {arrow} {ids[edge.To]}\n");
            if (edge.Kind == GraphEdgeKind.Mcp)
            {
                dashed.Add(i);
            }
        }

        foreach (GraphNodeKind kind in (GraphNodeKind[])[GraphNodeKind.Start, GraphNodeKind.Agent, GraphNodeKind.Tool, GraphNodeKind.McpServer])
        {
            text.Append($"  classDef {Class(kind)} fill:{GraphColors.Fill(kind)},stroke:{GraphColors.Stroke(kind)},color:#222\n");
        }

        if (dashed.Count > 0)
        {
            text.Append($"  linkStyle {string.Join(',', dashed)} stroke-dasharray:8 5\n"); // Mermaid's dotted line, longer
        }

        return text.ToString();
    }

    private static string Class(GraphNodeKind kind) => kind switch
    {
        GraphNodeKind.Start or GraphNodeKind.End => "edge",
        GraphNodeKind.Tool => "tool",
        GraphNodeKind.McpServer => "mcp",
        _ => "agent",
    };
}
