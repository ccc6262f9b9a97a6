using System.Text.Json;

namespace Concierge.Agents.Tools;

/// <summary>Something an agent can do besides talking. Immutable and shared by all conversations; what belongs to one is in the <see cref="ToolInvocation"/>.</summary>
public abstract class AgentTool
{
    /// <summary>A tool.</summary>
    /// <param name="name">The name the model calls it by: letters, digits, <c>_</c> and <c>-</c>, up to 64.</param>
    /// <param name="description">What it does and when to use it, for the model.</param>
    /// <param name="parameters">The JSON schema of its arguments: an object.</param>
    /// <param name="options">How it is carried out; null for the defaults.</param>
    protected AgentTool(string name, string description, JsonElement parameters, AgentToolOptions? options = null)
    {
        Name = name;
        Description = description;
        Parameters = parameters;
        ParametersText = parameters.GetRawText();
        Options = options ?? AgentToolOptions.Default;
    }

    /// <summary>The name the model calls it by.</summary>
    public string Name { get; }

    /// <summary>What it does and when to use it, for the model.</summary>
    public string Description { get; }

    /// <summary>The JSON schema of its arguments.</summary>
    public JsonElement Parameters { get; }

    /// <summary>The schema as text, once for all calls that offer the tool.</summary>
    internal string ParametersText { get; }

    /// <summary>How it is carried out.</summary>
    public AgentToolOptions Options { get; }

    /// <summary>What it is made of.</summary>
    public abstract ToolKind Kind { get; }

    /// <summary>
    /// Carries it out. The arguments have been checked against the schema. An exception is told to the model as a plain failure; its message is not.
    /// </summary>
    public abstract ValueTask<ToolResult> InvokeAsync(ToolInvocation invocation, CancellationToken cancellationToken);

    /// <summary>A schema given as text.</summary>
    internal static JsonElement ParseSchema(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
