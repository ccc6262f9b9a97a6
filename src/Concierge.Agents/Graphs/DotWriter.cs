using System.Text;

namespace Concierge.Agents.Graphs;

/// <summary>Writes the picture for Graphviz.</summary>
public static class DotWriter
{
    /// <summary>The picture in the DOT language.</summary>
    public static string Write(AgentGraph graph)
    {
        var dot = new StringBuilder();
        dot.Append("digraph agents {\n  rankdir=LR;\n  bgcolor=white;\n  node [fontname=\"Helvetica\", fontsize=12, style=filled, penwidth=1.2];\n  edge [fontname=\"Helvetica\", fontsize=10, color=\"#555555\"];\n");
        foreach (GraphNode node in graph.Nodes)
        {
            string shape = node.Kind switch
            {
                GraphNodeKind.Start or GraphNodeKind.End or GraphNodeKind.Tool => "shape=ellipse",
                GraphNodeKind.HandoffTarget => "shape=box, style=\"filled,rounded\"",
                _ => "shape=box",
            };
            dot.Append($"  {Quote(node.Id)} [label={Quote(node.Label)}, {shape}, fillcolor=\"{GraphColors.Fill(node.Kind)}\", color=\"{GraphColors.Stroke(node.Kind)}\"];\n");
        }

        foreach (GraphEdge edge in graph.Edges)
        {
            string style = edge.Kind switch
            {
                GraphEdgeKind.Tool => " [style=dotted, dir=both]",
                GraphEdgeKind.Mcp => " [style=dashed, dir=both]",
                _ => edge.Label is null ? "" : $" [label={Quote(edge.Label)}]",
            };
            dot.Append($"  {Quote(edge.From)} -> {Quote(edge.To)}{style};\n");
        }

        return dot.Append("}\n").ToString();
    }

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
