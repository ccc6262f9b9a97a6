namespace Concierge.Agents.Graphs;

/// <summary>
/// Puts a graph in columns, left to right, after Sugiyama: cycles cut, longest-path layers, lines over several layers led through points of their own, order within a layer
/// by the neighbours' middle, and then heights by the same. Deterministic.
/// </summary>
internal sealed class GraphLayout
{
    private const double ColumnGap = 92;
    private const double RowGap = 18;
    private const double Margin = 28;
    private const int Sweeps = 24;

    private readonly List<Box> _boxes = [];
    private readonly List<List<Box>> _columns = [];

    public GraphLayout(AgentGraph graph)
    {
        Dictionary<string, Box> byId = [];
        foreach (GraphNode node in graph.Nodes)
        {
            var box = new Box(node) { Width = WidthOf(node), Height = node.Kind is GraphNodeKind.Tool or GraphNodeKind.Start or GraphNodeKind.End ? 34 : 44 };
            byId[node.Id] = box;
            _boxes.Add(box);
        }

        List<(Box From, Box To, GraphEdge Edge)> lines = [.. graph.Edges.Select(e => (byId[e.From], byId[e.To], e))];
        HashSet<GraphEdge> backward = FindBackward(lines);
        AssignLayers(lines, backward);
        Lines = [.. lines.Select(l => Lead(l.From, l.To, l.Edge, backward.Contains(l.Edge)))];
        Order();
        Place();
    }

    /// <summary>The nodes with their places; points that only lead lines are not among them.</summary>
    public IEnumerable<Box> Boxes => _boxes.Where(b => b.Node is not null);

    /// <summary>The lines, each through its points in the direction of its edge.</summary>
    public IReadOnlyList<Line> Lines { get; }

    public double Width { get; private set; }

    public double Height { get; private set; }

    private static double WidthOf(GraphNode node)
    {
        double text = node.Label.Sum(c => "il.,'|! ".Contains(c, StringComparison.Ordinal) ? 4.2 : char.IsUpper(c) || "mw_".Contains(c, StringComparison.Ordinal) ? 8.9 : 7.1);
        return Math.Max(64, text + (node.Kind == GraphNodeKind.Tool ? 44 : 34));
    }

    /// <summary>Lines that close a cycle, found depth first from the nodes in their order.</summary>
    private HashSet<GraphEdge> FindBackward(List<(Box From, Box To, GraphEdge Edge)> lines)
    {
        ILookup<Box, (Box From, Box To, GraphEdge Edge)> leaving = lines.ToLookup(l => l.From);
        HashSet<GraphEdge> backward = [];
        Dictionary<Box, bool> open = [];
        foreach (Box box in _boxes)
        {
            Visit(box);
        }

        return backward;

        void Visit(Box box)
        {
            if (!open.TryAdd(box, true))
            {
                return;
            }

            foreach ((_, Box to, GraphEdge edge) in leaving[box])
            {
                if (open.TryGetValue(to, out bool isOpen) && isOpen)
                {
                    backward.Add(edge);
                }
                else
                {
                    Visit(to);
                }
            }

            open[box] = false;
        }
    }

    private void AssignLayers(List<(Box From, Box To, GraphEdge Edge)> lines, HashSet<GraphEdge> backward)
    {
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach ((Box from, Box to, GraphEdge edge) in lines)
            {
                (Box left, Box right) = backward.Contains(edge) ? (to, from) : (from, to);
                if (right.Layer <= left.Layer)
                {
                    right.Layer = left.Layer + 1;
                    changed = true;
                }
            }
        }

        // What agents use stands in one column at the right, so that agents stay together.
        int last = _boxes.Where(b => b.Node!.Kind is GraphNodeKind.Agent or GraphNodeKind.HandoffTarget).Max(b => b.Layer);
        foreach (Box box in _boxes.Where(b => b.Node!.Kind is GraphNodeKind.Tool or GraphNodeKind.McpServer or GraphNodeKind.End))
        {
            box.Layer = last + 1;
        }

        for (int i = 0; i <= last + 1; i++)
        {
            _columns.Add([.. _boxes.Where(b => b.Layer == i)]);
        }
    }

    /// <summary>Gives a line a point in each layer between its ends.</summary>
    private Line Lead(Box from, Box to, GraphEdge edge, bool isBackward)
    {
        (Box left, Box right) = from.Layer < to.Layer ? (from, to) : (to, from);
        var way = new List<Box> { left };
        for (int layer = left.Layer + 1; layer < right.Layer; layer++)
        {
            var point = new Box(null) { Layer = layer, Height = 6, Width = 0 };
            _columns[layer].Add(point);
            _boxes.Add(point);
            way.Add(point);
        }

        way.Add(right);
        for (int i = 1; i < way.Count; i++)
        {
            way[i - 1].Right.Add(way[i]);
            way[i].Left.Add(way[i - 1]);
        }

        if (left != from)
        {
            way.Reverse();
        }

        return new Line(edge, way, isBackward);
    }

    private void Order()
    {
        Number();
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            bool rightward = sweep % 2 == 0;
            foreach (List<Box> column in rightward ? _columns : Enumerable.Reverse(_columns))
            {
                List<Box> sorted = [.. column.OrderBy(b => Middle(rightward ? b.Left : b.Right, b.Index))];
                column.Clear();
                column.AddRange(sorted);
                Number();
            }
        }

        static double Middle(List<Box> neighbours, double otherwise) => neighbours.Count == 0 ? otherwise : neighbours.Average(n => n.Index);
    }

    private void Number()
    {
        foreach (List<Box> column in _columns)
        {
            for (int i = 0; i < column.Count; i++)
            {
                column[i].Index = column.Count == 1 ? 0.5 : (double)i / (column.Count - 1);
            }
        }
    }

    private void Place()
    {
        double x = Margin;
        foreach (List<Box> column in _columns)
        {
            double width = column.Max(b => b.Width), y = 0;
            foreach (Box box in column)
            {
                box.X = x + (width / 2);
                box.Y = y + (box.Height / 2);
                y += box.Height + RowGap;
            }

            x += width + ColumnGap;
        }

        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            foreach (List<Box> column in sweep % 2 == 0 ? _columns : Enumerable.Reverse(_columns))
            {
                Settle(column);
            }
        }

        double top = _boxes.Min(b => b.Y - (b.Height / 2));
        foreach (Box box in _boxes)
        {
            box.Y += Margin - top;
        }

        Width = x - ColumnGap + Margin;
        Height = _boxes.Max(b => b.Y + (b.Height / 2)) + Margin;
    }

    /// <summary>Moves a column's boxes to the middle of their neighbours, as far as the order and the gaps allow.</summary>
    private static void Settle(List<Box> column)
    {
        double[] wanted = [.. column.Select(b => b.Left.Concat(b.Right).Select(n => n.Y).DefaultIfEmpty(b.Y).Average())];
        double[] down = new double[column.Count], up = new double[column.Count];
        for (int i = 0; i < column.Count; i++)
        {
            down[i] = i == 0 ? wanted[i] : Math.Max(wanted[i], down[i - 1] + Apart(column[i - 1], column[i]));
        }

        for (int i = column.Count - 1; i >= 0; i--)
        {
            up[i] = i == column.Count - 1 ? wanted[i] : Math.Min(wanted[i], up[i + 1] - Apart(column[i], column[i + 1]));
        }

        // The mean of both keeps the order and the gaps, and leans to neither side.
        for (int i = 0; i < column.Count; i++)
        {
            column[i].Y = (down[i] + up[i]) / 2;
        }

        static double Apart(Box above, Box below) => ((above.Height + below.Height) / 2) + RowGap;
    }

    /// <summary>A node's place, or a point that leads a line.</summary>
    internal sealed class Box(GraphNode? node)
    {
        public GraphNode? Node { get; } = node;

        public int Layer { get; set; }

        public double Index { get; set; }

        public double X { get; set; }

        public double Y { get; set; }

        public double Width { get; init; }

        public double Height { get; init; }

        public List<Box> Left { get; } = [];

        public List<Box> Right { get; } = [];
    }

    /// <summary>A line through its points.</summary>
    internal sealed record Line(GraphEdge Edge, IReadOnlyList<Box> Way, bool IsBackward);
}
