using System.Globalization;
using System.Xml.Linq;
using Concierge.Agents.Graphs;
using Concierge.Agents.Tools;

namespace Concierge.Agents.Tests.Graphs;

public sealed class GraphTests
{
    private static readonly AgentSet s_set = AgentSet.Create(set =>
    {
        set.Agent("Desk").Instructions("x").Tool("hours", "x", () => "").HandsOffTo("Billing").HandsOffTo("VIP", when: _ => true);
        set.Agent("Billing").Instructions("x").Tool("hours", "x", () => "").Mcp(new McpToolSource(McpServerConnection.Stdio("crm", "x"))).HandsOffTo("Desk");
        set.Agent("VIP").Instructions("x <&\"");
        set.Agent("Alone & free".Replace("&", "and")).Instructions("x");
    });

    [Fact]
    public void Holds_agents_tools_servers_and_both_ends_each_once()
    {
        AgentGraph graph = AgentGraph.Of(s_set);
        Assert.Equal(
            [("start", GraphNodeKind.Start), ("Desk", GraphNodeKind.HandoffTarget), ("Billing", GraphNodeKind.HandoffTarget), ("VIP", GraphNodeKind.HandoffTarget),
             ("Alone and free", GraphNodeKind.Agent), ("hours", GraphNodeKind.Tool), ("crm", GraphNodeKind.McpServer), ("end", GraphNodeKind.End)],
            graph.Nodes.Select(n => (n.Label, n.Kind)));
        Assert.Equal(2, graph.Edges.Count(e => e.From == "start"));
        Assert.Equal(["agent VIP", "agent Alone and free"], graph.Edges.Where(e => e.To == "end").Select(e => e.From));
        Assert.Equal(2, graph.Edges.Count(e => e.Kind == GraphEdgeKind.Tool));
        Assert.Single(graph.Edges, e => e.Kind == GraphEdgeKind.Mcp);
    }

    [Fact]
    public void Dot_has_the_colours_shapes_and_strokes()
    {
        string dot = DotWriter.Write(AgentGraph.Of(s_set));
        Assert.Contains("\"agent Desk\" [label=\"Desk\", shape=box, style=\"filled,rounded\", fillcolor=\"#ffffe0\"", dot);
        Assert.Contains("\"tool hours\" [label=\"hours\", shape=ellipse, fillcolor=\"#90ee90\"", dot);
        Assert.Contains("\"mcp crm\" [label=\"crm\", shape=box, fillcolor=\"#d3d3d3\"", dot);
        Assert.Contains("\"agent Desk\" -> \"tool hours\" [style=dotted, dir=both];", dot);
        Assert.Contains("\"agent Billing\" -> \"mcp crm\" [style=dashed, dir=both];", dot);
        Assert.Contains("\"agent Desk\" -> \"agent Billing\";", dot);
        Assert.Contains("\"agent Desk\" -> \"agent VIP\" [label=\"on condition\"];", dot);
    }

    [Fact]
    public void Mermaid_says_the_same()
    {
        string text = MermaidWriter.Write(AgentGraph.Of(s_set));
        Assert.StartsWith("flowchart LR\n", text);
        Assert.Contains("(\"Desk\"):::agent", text);
        Assert.Contains("[\"Alone and free\"]:::agent", text);
        Assert.Contains("([\"hours\"]):::tool", text);
        Assert.Equal(3, text.Split("<-.->").Length - 1);
        Assert.Contains("-- \"on condition\" -->", text);
        Assert.Contains("linkStyle", text);
    }

    [Fact]
    public void Svg_is_well_formed_and_nothing_lies_on_anything_else_or_outside()
    {
        XDocument svg = XDocument.Parse(SvgWriter.Write(AgentGraph.Of(s_set), "A <b> & c"));
        XNamespace ns = "http://www.w3.org/2000/svg";
        double width = Number(svg.Root!, "width"), height = Number(svg.Root!, "height");
        List<(double Left, double Top, double Right, double Bottom)> boxes =
        [
            .. svg.Root!.Elements(ns + "rect").Skip(1).Select(r => (Number(r, "x"), Number(r, "y"), Number(r, "x") + Number(r, "width"), Number(r, "y") + Number(r, "height"))),
            .. svg.Root.Elements(ns + "ellipse").Select(e => (Number(e, "cx") - Number(e, "rx"), Number(e, "cy") - Number(e, "ry"), Number(e, "cx") + Number(e, "rx"), Number(e, "cy") + Number(e, "ry"))),
        ];
        Assert.Equal(8, boxes.Count);
        for (int i = 0; i < boxes.Count; i++)
        {
            Assert.True(boxes[i].Left >= 0 && boxes[i].Top >= 0 && boxes[i].Right <= width && boxes[i].Bottom <= height);
            for (int j = 0; j < i; j++)
            {
                Assert.False(boxes[i].Left < boxes[j].Right && boxes[j].Left < boxes[i].Right && boxes[i].Top < boxes[j].Bottom && boxes[j].Top < boxes[i].Bottom);
            }
        }

        Assert.Equal(AgentGraph.Of(s_set).Edges.Count, svg.Root.Elements(ns + "path").Count());
    }

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
