using System.Text.Json.Nodes;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Realtime;

/// <summary>A response under way.</summary>
internal sealed class RealtimeActiveResponse(RealtimeTwinResponse record, ScenarioTurn? turn, bool outOfBand)
{
    public RealtimeTwinResponse Record { get; } = record;

    public ScenarioTurn? Turn { get; } = turn;

    public bool OutOfBand { get; } = outOfBand;

    public JsonNode? Metadata { get; init; }

    public bool IsText { get; set; }

    /// <summary>The message being spoken; null before and after.</summary>
    public RealtimeItem? Item { get; set; }

    public ReadOnlyMemory<byte> Audio { get; set; }

    /// <summary>Bytes of <see cref="Audio"/> that will be sent.</summary>
    public int Limit { get; set; }

    public int Sent { get; set; }

    public string[] Words { get; set; } = [];

    public int WordsSent { get; set; }

    public int OutputIndex { get; set; }

    public List<JsonNode> Output { get; } = [];

    public (string Code, string Message)? Failure { get; set; }

    public Action? Next { get; set; }

    public bool Done { get; set; }
}
