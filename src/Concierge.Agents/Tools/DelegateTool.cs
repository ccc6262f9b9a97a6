namespace Concierge.Agents.Tools;

/// <summary>A tool with a schema written by hand.</summary>
/// <param name="name">The name the model calls it by.</param>
/// <param name="description">What it does and when to use it, for the model.</param>
/// <param name="parametersSchema">The JSON schema of its arguments, as text.</param>
/// <param name="invoke">Carries it out.</param>
/// <param name="options">How it is carried out; null for the defaults.</param>
public sealed class DelegateTool(
    string name,
    string description,
    string parametersSchema,
    Func<ToolInvocation, CancellationToken, ValueTask<ToolResult>> invoke,
    AgentToolOptions? options = null) : AgentTool(name, description, ParseSchema(parametersSchema), options)
{
    /// <summary>The schema of a tool without arguments.</summary>
    public const string NoParameters = """{"type":"object","properties":{},"additionalProperties":false}""";

    /// <inheritdoc/>
    public override ToolKind Kind => ToolKind.Function;

    /// <inheritdoc/>
    public override ValueTask<ToolResult> InvokeAsync(ToolInvocation invocation, CancellationToken cancellationToken) => invoke(invocation, cancellationToken);
}
