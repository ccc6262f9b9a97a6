using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Concierge.Pipelines;
using Microsoft.Extensions.AI;

namespace Concierge.Agents.Tools;

/// <summary>
/// A tool made of a method: <c>Microsoft.Extensions.AI</c> makes the schema of its parameters (names, types, defaults, <c>[Description]</c>) and binds the arguments.
/// Parameters of type <see cref="ToolInvocation"/>, <see cref="AgentContext"/>, <see cref="ICallControl"/> and <see cref="CancellationToken"/> are filled by the
/// program and are not in the schema, nor is <see cref="IServiceProvider"/>.
/// </summary>
public sealed class FunctionTool : AgentTool
{
    // As the library reads the arguments: by reflection, or where there is none (native AOT) only text, numbers and JSON. Nulls are told to the model.
    private static readonly JsonSerializerOptions s_json = new(AIJsonUtilities.DefaultOptions)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = false,
    };

    private readonly AIFunction _function;

    private FunctionTool(AIFunction function, AgentToolOptions? options)
        : base(function.Name, function.Description, function.JsonSchema, options) => _function = function;

    /// <inheritdoc/>
    public override ToolKind Kind => ToolKind.Function;

    /// <summary>Makes a tool of a method.</summary>
    /// <param name="name">The name the model calls it by.</param>
    /// <param name="description">What it does and when to use it, for the model.</param>
    /// <param name="method">Carries it out; may be asynchronous. Text goes to the model as it is, a <see cref="ToolResult"/> as itself, anything else as JSON; compiled natively (AOT), only numbers, text and JSON can be that.</param>
    /// <param name="options">How it is carried out; null for the defaults.</param>
    public static FunctionTool Create(string name, string description, Delegate method, AgentToolOptions? options = null) => new(
        AIFunctionFactory.Create(method, new AIFunctionFactoryOptions
        {
            Name = name,
            Description = description,
            ConfigureParameterBinding = Bind,
            MarshalResult = static (value, _, _) => ValueTask.FromResult(value), // kept as it is: serialized below
            ExcludeResultSchema = true,
        }),
        options);

    /// <summary>Makes a tool of a function that exists already.</summary>
    public static FunctionTool From(AIFunction function, AgentToolOptions? options = null) => new(function, options);

    /// <inheritdoc/>
    public override async ValueTask<ToolResult> InvokeAsync(ToolInvocation invocation, CancellationToken cancellationToken)
    {
        var arguments = new AIFunctionArguments { Services = invocation.Context.Services };
        foreach (JsonProperty property in invocation.Arguments.EnumerateObject())
        {
            arguments[property.Name] = property.Value.Clone();
        }

        arguments.Context = new Dictionary<object, object?> { [typeof(ToolInvocation)] = invocation };
        object? value = await _function.InvokeAsync(arguments, cancellationToken);
        return value switch
        {
            ToolResult result => result,
            string text => new ToolResult(text),
            null => new ToolResult("null"),
            JsonElement { ValueKind: JsonValueKind.String } json => new ToolResult(json.GetString()!),
            _ => new ToolResult(JsonSerializer.Serialize(value, s_json.GetTypeInfo(value.GetType()))),
        };
    }

    private static AIFunctionFactoryOptions.ParameterBindingOptions Bind(ParameterInfo parameter)
    {
        Func<ToolInvocation, object?>? read = parameter.ParameterType switch
        {
            Type t when t == typeof(ToolInvocation) => static i => i,
            Type t when t == typeof(AgentContext) => static i => i.Context,
            Type t when t == typeof(ICallControl) => static i => i.Call,
            _ => null,
        };
        return read is null
            ? default
            : new AIFunctionFactoryOptions.ParameterBindingOptions
            {
                ExcludeFromSchema = true,
                BindParameter = (_, arguments) => read((ToolInvocation)arguments.Context![typeof(ToolInvocation)]!),
            };
    }
}
