using System.Globalization;
using System.Net;
using System.Text;

namespace Concierge.Agents.Graphs;

/// <summary>Draws the picture as SVG, with a layout of its own: no other program is needed.</summary>
public static class SvgWriter
{
    private const double LegendHeight = 58;
    private const double LegendWidth = 640;

    /// <summary>The picture as an SVG document.</summary>
    /// <param name="graph">What is drawn.</param>
    /// <param name="title">The document's title, for people who cannot see it.</param>
    public static string Write(AgentGraph graph, string title = "Agents")
    {
        var layout = new GraphLayout(graph);
        double width = Math.Max(layout.Width, LegendWidth + 56), height = layout.Height + LegendHeight;
        var svg = new StringBuilder();
        svg.Append(Inv($"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{width:0}" height="{height:0}" viewBox="0 0 {width:0} {height:0}" role="img" font-family="Helvetica, Arial, 'Liberation Sans', sans-serif" font-size="13">
            <title>{Escape(title)}</title>
            <defs>
            <marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 1 L10 5 L0 9 Z" fill="#555"/></marker>
            <marker id="small" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="5.5" markerHeight="5.5" orient="auto-start-reverse"><path d="M0 1.5 L10 5 L0 8.5 Z" fill="#8a8a8a"/></marker>
            </defs>
            <rect width="100%" height="100%" fill="#fff"/>

            """));
        foreach (GraphLayout.Line line in layout.Lines.OrderBy(l => l.Edge.Kind == GraphEdgeKind.Handoff))
        {
            WriteLine(svg, line);
        }

        foreach (GraphLayout.Box box in layout.Boxes)
        {
            WriteShape(svg, box.Node!.Kind, box.X, box.Y, box.Width, box.Height, box.Node.Label);
        }

        WriteLegend(svg, layout.Height);
        return svg.Append("</svg>\n").ToString();
    }

    private static void WriteLine(StringBuilder svg, GraphLayout.Line line)
    {
        GraphLayout.Box first = line.Way[0], last = line.Way[^1];
        bool rightward = first.X < last.X;
        double direction = rightward ? 1 : -1;

        // A line back stands a little lower than the line there, so that both can be seen.
        double shift = line.IsBackward ? 9 : 0;
        var points = new List<(double X, double Y)> { (first.X + (direction * first.Width / 2), first.Y + shift) };
        points.AddRange(line.Way.Skip(1).SkipLast(1).Select(b => (b.X, b.Y + shift)));
        points.Add((last.X - (direction * last.Width / 2), last.Y + shift));
        var path = new StringBuilder(Inv($"M{points[0].X:0.#} {points[0].Y:0.#}"));
        for (int i = 1; i < points.Count; i++)
        {
            double reach = (points[i].X - points[i - 1].X) / 2;
            path.Append(Inv($" C{points[i - 1].X + reach:0.#} {points[i - 1].Y:0.#} {points[i].X - reach:0.#} {points[i].Y:0.#} {points[i].X:0.#} {points[i].Y:0.#}"));
        }

        string style = line.Edge.Kind switch
        {
            GraphEdgeKind.Tool => "stroke=\"#8a8a8a\" stroke-width=\"1.3\" stroke-dasharray=\"1.5 4\" stroke-linecap=\"round\" marker-start=\"url(#small)\" marker-end=\"url(#small)\"",
            GraphEdgeKind.Mcp => "stroke=\"#8a8a8a\" stroke-width=\"1.3\" stroke-dasharray=\"7 4\" marker-start=\"url(#small)\" marker-end=\"url(#small)\"",
            _ => "stroke=\"#555\" stroke-width=\"1.6\" marker-end=\"url(#arrow)\"",
        };
        svg.Append(Inv($"<path d=\"{path}\" fill=\"none\" {style}/>\n"));
        if (line.Edge.Label is { } label)
        {
            (double x, double y) = ((points[0].X + points[1].X) / 2, (points[0].Y + points[1].Y) / 2);
            svg.Append(Inv($"<text x=\"{x:0.#}\" y=\"{y - 5:0.#}\" text-anchor=\"middle\" font-size=\"11\" fill=\"#555\" stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\">{Escape(label)}</text>\n"));
        }
    }

    private static void WriteShape(StringBuilder svg, GraphNodeKind kind, double x, double y, double width, double height, string label)
    {
        string look = $"fill=\"{GraphColors.Fill(kind)}\" stroke=\"{GraphColors.Stroke(kind)}\" stroke-width=\"1.4\"";
        svg.Append(kind is GraphNodeKind.Start or GraphNodeKind.End or GraphNodeKind.Tool
            ? Inv($"<ellipse cx=\"{x:0.#}\" cy=\"{y:0.#}\" rx=\"{width / 2:0.#}\" ry=\"{height / 2:0.#}\" {look}/>")
            : Inv($"<rect x=\"{x - (width / 2):0.#}\" y=\"{y - (height / 2):0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\" rx=\"{(kind == GraphNodeKind.HandoffTarget ? Math.Min(12, height / 3) : 2):0.#}\" {look}/>"));
        string weight = kind is GraphNodeKind.Agent or GraphNodeKind.HandoffTarget ? " font-weight=\"600\"" : "";
        svg.Append(Inv($"<text x=\"{x:0.#}\" y=\"{y + 4.5:0.#}\" text-anchor=\"middle\" fill=\"#222\"{weight}>{Escape(label)}</text>\n"));
    }

    private static void WriteLegend(StringBuilder svg, double top)
    {
        double y = top + 22, x = 28;
        svg.Append(Inv($"<line x1=\"28\" y1=\"{top:0.#}\" x2=\"{28 + LegendWidth:0.#}\" y2=\"{top:0.#}\" stroke=\"#e4e4e4\"/>\n<g font-size=\"11\" fill=\"#555\">\n"));
        foreach ((GraphNodeKind kind, string text) in ((GraphNodeKind, string)[])
            [(GraphNodeKind.Agent, "agent"), (GraphNodeKind.HandoffTarget, "hand-off target"), (GraphNodeKind.Tool, "tool"), (GraphNodeKind.McpServer, "tool server (MCP)")])
        {
            WriteShape(svg, kind, x + 13, y, 26, 16, "");
            svg.Append(Inv($"<text x=\"{x + 32:0.#}\" y=\"{y + 4:0.#}\">{text}</text>\n"));
            x += 50 + (text.Length * 5.4);
        }

        foreach ((string style, string text) in ((string, string)[])
            [("stroke=\"#555\" stroke-width=\"1.6\"", "hand-off"), ("stroke=\"#8a8a8a\" stroke-dasharray=\"1.5 4\" stroke-linecap=\"round\" stroke-width=\"1.5\"", "calls"), ("stroke=\"#8a8a8a\" stroke-dasharray=\"7 4\" stroke-width=\"1.3\"", "uses")])
        {
            svg.Append(Inv($"<line x1=\"{x:0.#}\" y1=\"{y:0.#}\" x2=\"{x + 28:0.#}\" y2=\"{y:0.#}\" {style}/><text x=\"{x + 34:0.#}\" y=\"{y + 4:0.#}\">{text}</text>\n"));
            x += 56 + (text.Length * 5.4);
        }

        svg.Append("</g>\n");
    }

    private static string Inv(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
