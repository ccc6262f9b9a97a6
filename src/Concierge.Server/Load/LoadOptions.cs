using Concierge.Simulation.Load;

namespace Concierge.Server.Load;

/// <summary>What <c>concierge load</c> was asked to do.</summary>
internal sealed record LoadOptions
{
    /// <summary>Calls, each step in turn.</summary>
    public required IReadOnlyList<int> Steps { get; init; }

    /// <summary>How long frames are counted.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Between the last call's beginning and the first frame that counts.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>Calls begun per second.</summary>
    public required double Ramp { get; init; }

    public required LoadMode Mode { get; init; }

    /// <summary>The bridge's media stream address; null for this program's own node.</summary>
    public Uri? Target { get; init; }

    /// <summary>A command that starts the bridge; null when it runs already or is our own.</summary>
    public string? Command { get; init; }

    /// <summary>The process of a bridge that runs already.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Where the Realtime server listens; 0 for any free port.</summary>
    public int RealtimePort { get; init; }

    public bool Tls { get; init; }

    /// <summary>Whether a bare relay runs before each bridge.</summary>
    public bool Baseline { get; init; }

    /// <summary>Bridges of another make, measured in the same run.</summary>
    public IReadOnlyList<PeerBridge> Peers { get; init; } = [];

    /// <summary>Each measurement this many times; medians are shown.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>A step whose 99th percentile is above it was too much.</summary>
    public required TimeSpan Bound { get; init; }

    /// <summary>A run whose generator was later than this, at the 99th percentile, is not counted.</summary>
    public required TimeSpan MaxLateness { get; init; }

    /// <summary>Whether our node refuses calls that would make it late, as it does in service.</summary>
    public bool Sheds { get; init; }

    public int Stalled { get; init; }

    public int Backlogged { get; init; }

    /// <summary>The core of what is measured; null pins nothing.</summary>
    public int? BridgeCore { get; init; }

    /// <summary>The core of the generator; null pins nothing.</summary>
    public int? GeneratorCore { get; init; }

    public string? JsonPath { get; init; }

    public string? ReportPath { get; init; }

    /// <summary>The cores whose time is looked at; none for all.</summary>
    public IReadOnlyCollection<int> Cores => BridgeCore is { } bridge && GeneratorCore is { } generator ? [bridge, generator] : [];

    /// <summary>What is measured, for people.</summary>
    public string Subject => Target?.ToString() ?? "this node";
}
