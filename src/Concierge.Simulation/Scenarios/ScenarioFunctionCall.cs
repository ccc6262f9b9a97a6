using System.Text.Json.Nodes;

namespace Concierge.Simulation.Scenarios;

/// <summary>A function that the model calls, or a tool of an MCP server that the service calls for it.</summary>
public sealed record ScenarioFunctionCall
{
    /// <summary>The function's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its arguments, a JSON object; sent as a string of compact JSON.</summary>
    public JsonObject Arguments { get; init; } = [];

    /// <summary>The label of the MCP server whose tool this is; null for a function of the client's.</summary>
    public string? Server { get; init; }

    /// <summary>What the MCP server answers.</summary>
    public string? Output { get; init; }

    /// <summary>What the MCP server fails with, instead of an answer.</summary>
    public string? Error { get; init; }
}
