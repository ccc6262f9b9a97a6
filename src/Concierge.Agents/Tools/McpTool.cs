using ModelContextProtocol.Client;

namespace Concierge.Agents.Tools;

/// <summary>A tool of a Model Context Protocol server.</summary>
internal sealed class McpTool(McpServerConnection server, McpClientTool tool, AgentToolOptions options)
    : AgentTool(tool.Name, tool.Description, tool.JsonSchema, options)
{
    /// <inheritdoc/>
    public override ToolKind Kind => ToolKind.Mcp;

    /// <inheritdoc/>
    public override async ValueTask<ToolResult> InvokeAsync(ToolInvocation invocation, CancellationToken cancellationToken)
    {
        try
        {
            return await server.CallAsync(Name, invocation.Arguments, cancellationToken);
        }
        catch (McpUnavailableException e)
        {
            return ToolResult.Failure(e.Message + " Tell the caller that you cannot look it up at the moment.");
        }
    }
}
