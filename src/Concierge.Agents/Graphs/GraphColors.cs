namespace Concierge.Agents.Graphs;

/// <summary>The colours of the picture, the same in every format.</summary>
internal static class GraphColors
{
    public const string LightBlue = "#add8e6";
    public const string LightYellow = "#ffffe0";
    public const string LightGreen = "#90ee90";
    public const string LightGrey = "#d3d3d3";

    public static string Fill(GraphNodeKind kind) => kind switch
    {
        GraphNodeKind.Start or GraphNodeKind.End => LightBlue,
        GraphNodeKind.Tool => LightGreen,
        GraphNodeKind.McpServer => LightGrey,
        _ => LightYellow,
    };

    /// <summary>The outline: the fill, darker.</summary>
    public static string Stroke(GraphNodeKind kind) => kind switch
    {
        GraphNodeKind.Start or GraphNodeKind.End => "#5b93a8",
        GraphNodeKind.Tool => "#4a9e4a",
        GraphNodeKind.McpServer => "#8a8a8a",
        _ => "#b8a94a",
    };
}
