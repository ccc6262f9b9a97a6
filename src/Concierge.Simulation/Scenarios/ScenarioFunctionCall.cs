using System.Text.Json.Nodes;

namespace Concierge.Simulation.Scenarios;

/// <summary>A function that the model calls.</summary>
public sealed record ScenarioFunctionCall
{
    /// <summary>The function's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its arguments, a JSON object; sent as a string of compact JSON.</summary>
    public JsonObject Arguments { get; init; } = [];
}
