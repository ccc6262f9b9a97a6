using System.Globalization;
using System.Text.Json;
using Concierge.Pipelines;

namespace Concierge.Agents.Tools;

/// <summary>One call of a tool by the model.</summary>
/// <param name="CallId">The model's id for the call; the same id is carried out once.</param>
/// <param name="Arguments">The arguments: a JSON object that fits the tool's schema.</param>
/// <param name="Agent">The name of the agent that calls.</param>
/// <param name="Context">The conversation.</param>
/// <param name="Call">The telephone call it is made on; null in writing.</param>
public sealed record ToolInvocation(string CallId, JsonElement Arguments, string Agent, AgentContext Context, ICallControl? Call)
{
    /// <summary>An argument as text, or null when it is absent, null or not a string.</summary>
    public string? Text(string name) =>
        Arguments.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>An argument as a whole number, or null when it is absent or not one; a number written as text counts.</summary>
    public int? Number(string name)
    {
        if (!Arguments.TryGetProperty(name, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt32(out int number) => number,
            JsonValueKind.String when int.TryParse(value.GetString(), CultureInfo.InvariantCulture, out int number) => number,
            _ => null,
        };
    }

    /// <summary>An argument as yes or no; absent or anything else is no.</summary>
    public bool Flag(string name) => Arguments.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;
}
