using System.Text.Json.Nodes;

namespace Concierge.Simulation.Scenarios;

/// <summary>What must be true after the call. Absent means: not asked.</summary>
public sealed record ScenarioExpectations
{
    /// <summary>Who ended the call: <c>node</c> or <c>callee</c>.</summary>
    public string? EndedBy { get; init; }

    /// <summary>How many responses the callee cut short.</summary>
    public int? Interruptions { get; init; }

    /// <summary>Milliseconds from the callee's first sound of an interruption to the last sound of the agent at the callee's ear.</summary>
    public int? InterruptionStopsWithinMs { get; init; }

    /// <summary>Whether the node's marks must prove what was heard: one back for every answer that was heard to its end.</summary>
    public bool Marks { get; init; }

    /// <summary>The confirmation number as the outcome must hold it.</summary>
    public string? ConfirmationNumber { get; init; }

    /// <summary>Names of the functions that the model must have called, in order.</summary>
    public IReadOnlyList<string>? FunctionCalls { get; init; }

    /// <summary>Fields that the recorded outcome must hold with these values.</summary>
    public JsonObject? Outcome { get; init; }
}
