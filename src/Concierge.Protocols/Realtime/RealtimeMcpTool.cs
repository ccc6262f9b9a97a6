namespace Concierge.Protocols.Realtime;

/// <summary>The tools of an MCP server, which OpenAI's servers call themselves: <c>{type:"mcp", server_label, ...}</c>.</summary>
/// <param name="ServerLabel">The server's name in events and tool choices.</param>
public sealed record RealtimeMcpTool(string ServerLabel) : RealtimeTool
{
    /// <summary>The server's address; one of this, <see cref="ConnectorId"/> and <see cref="TunnelId"/>.</summary>
    public string? ServerUrl { get; init; }

    /// <summary>A connector of OpenAI's (<c>connector_...</c>).</summary>
    public string? ConnectorId { get; init; }

    /// <summary>A tunnel (<c>tunnel_...</c>).</summary>
    public string? TunnelId { get; init; }

    /// <summary>An access token for the server. A secret: never log it.</summary>
    public string? Authorization { get; init; }

    /// <summary>HTTP headers for the server.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>What the server offers, for the model.</summary>
    public string? ServerDescription { get; init; }

    /// <summary>The tools that may be used; absent: all.</summary>
    public IReadOnlyList<string>? AllowedTools { get; init; }

    /// <summary>Who may call; absent: the server's default.</summary>
    public IReadOnlyList<string>? AllowedCallers { get; init; }

    /// <summary><c>always</c> (the server's default) or <c>never</c>.</summary>
    public string? RequireApproval { get; init; }

    /// <summary>Whether the tool list is loaded only when needed.</summary>
    public bool? DeferLoading { get; init; }
}
