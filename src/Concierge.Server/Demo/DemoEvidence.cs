using Concierge.Calls.Outcome;
using Concierge.Pipelines;
using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Twilio;

namespace Concierge.Server.Demo;

/// <summary>What one demo call left behind at all three places: at the node and at both far ends.</summary>
internal sealed record DemoEvidence
{
    public required Scenario Scenario { get; init; }

    /// <summary>What the node says of the call.</summary>
    public required CallResult Node { get; init; }

    /// <summary>The node's events in order.</summary>
    public required IReadOnlyList<CallEvent> Events { get; init; }

    /// <summary>What the agent recorded.</summary>
    public required CallOutcome Outcome { get; init; }

    /// <summary>What happened at the telephone.</summary>
    public required TwilioTwinRecord Carrier { get; init; }

    /// <summary>What happened at the model, connection by connection: more than one when it was lost and came back.</summary>
    public required IReadOnlyList<RealtimeTwinRecord> Models { get; init; }

    /// <summary>The connection with which the call ended.</summary>
    public RealtimeTwinRecord Model => Models[^1];

    /// <summary>When the node's session began, less when the carrier's stream did: adds to the session's clock to give the stream's.</summary>
    public required TimeSpan NodeOffset { get; init; }

    /// <summary>What the process allocated while the call was in its stride; null under the virtual clock, where one thread plays everybody.</summary>
    public DemoAllocation? Allocation { get; init; }

    public required CallAudioMode Mode { get; init; }

    /// <summary>How long it took by the clock on the wall.</summary>
    public required TimeSpan WallClock { get; init; }

    /// <summary>Whether time was the virtual clock's.</summary>
    public required bool Fast { get; init; }
}
