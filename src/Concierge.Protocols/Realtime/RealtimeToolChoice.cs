namespace Concierge.Protocols.Realtime;

/// <summary>Which tools the model may or must call (<c>tool_choice</c>).</summary>
public sealed record RealtimeToolChoice
{
    private RealtimeToolChoice(string mode, string? serverLabel, string? name)
    {
        Mode = mode;
        ServerLabel = serverLabel;
        Name = name;
    }

    /// <summary>The model decides.</summary>
    public static RealtimeToolChoice Auto { get; } = new("auto", null, null);

    /// <summary>It calls nothing.</summary>
    public static RealtimeToolChoice None { get; } = new("none", null, null);

    /// <summary>It calls something.</summary>
    public static RealtimeToolChoice Required { get; } = new("required", null, null);

    /// <summary><c>auto</c>, <c>none</c>, <c>required</c>, <c>function</c> or <c>mcp</c>.</summary>
    public string Mode { get; }

    /// <summary>The MCP server of mode <c>mcp</c>.</summary>
    public string? ServerLabel { get; }

    /// <summary>The function of mode <c>function</c>, or the tool of mode <c>mcp</c>.</summary>
    public string? Name { get; }

    /// <summary>It calls this function.</summary>
    /// <param name="name">The function's name.</param>
    /// <returns>The choice.</returns>
    public static RealtimeToolChoice Function(string name) => new("function", null, name);

    /// <summary>It calls a tool of this MCP server.</summary>
    /// <param name="serverLabel">The server's label.</param>
    /// <param name="name">The tool; null: any of them.</param>
    /// <returns>The choice.</returns>
    public static RealtimeToolChoice Mcp(string serverLabel, string? name = null) => new("mcp", serverLabel, name);
}
