namespace Concierge.Agents.Tools;

/// <summary>A Model Context Protocol server as one agent sees it: some or all of its tools.</summary>
/// <param name="Server">The server.</param>
public sealed record McpToolSource(McpServerConnection Server)
{
    /// <summary>The tools the agent may use; null for all.</summary>
    public IReadOnlyList<string>? AllowedTools { get; init; }

    /// <summary>How its tools are carried out.</summary>
    public AgentToolOptions Options { get; init; } = AgentToolOptions.Default;

    /// <summary>The tools, as far as the server has them.</summary>
    /// <exception cref="McpUnavailableException">The server cannot be reached or does not answer.</exception>
    public async ValueTask<IReadOnlyList<AgentTool>> ListAsync(CancellationToken cancellationToken) =>
        await Server.ListAsync(AllowedTools, Options, cancellationToken);
}
