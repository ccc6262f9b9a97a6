using Concierge.Calls.Outcome;
using Concierge.Pipelines;
using TranscriptEntry = Concierge.Calls.Outcome.TranscriptEntry;

namespace Concierge.Server.Reports;

/// <summary>Everything one call's report shows. Times are milliseconds of the call; both recordings start with the call.</summary>
internal sealed record CallReport
{
    /// <summary>The rate of both recordings, in Hz.</summary>
    public const int SampleRate = 8_000;

    /// <summary>What was played, for the headline.</summary>
    public required string Scenario { get; init; }

    public required DateTimeOffset Start { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>What the caller said, as it left for the node.</summary>
    public required short[] CallerAudio { get; init; }

    /// <summary>What the caller heard of the agent.</summary>
    public required short[] AgentAudio { get; init; }

    public required IReadOnlyList<TranscriptEntry> Turns { get; init; }

    public IReadOnlyList<ReportInterruption> Interruptions { get; init; } = [];

    public IReadOnlyList<ReportTurnLatency> TurnLatencies { get; init; } = [];

    /// <summary>What the node itself added to a frame, one histogram per direction.</summary>
    public IReadOnlyList<ReportHistogram> AddedLatency { get; init; } = [];

    public IReadOnlyList<ReportCheck> Checks { get; init; } = [];

    public required CallOutcome Outcome { get; init; }

    /// <summary>Why the call ended, in words.</summary>
    public string? EndReason { get; init; }

    /// <summary>Each answer's steps from the caller's last word to the caller's ear, as the node saw them.</summary>
    public CallTimeline Timeline { get; init; } = CallTimeline.Empty;

    /// <summary>What the model charged for, and what that costs.</summary>
    public IReadOnlyList<ReportFigure> Usage { get; init; } = [];

    /// <summary>What the line lacked, what was put right, and what the ledger did: only what happened.</summary>
    public IReadOnlyList<ReportFigure> Line { get; init; } = [];

    /// <summary>What was allocated while the call was in its stride; empty when nobody measured.</summary>
    public IReadOnlyList<ReportFigure> Allocation { get; init; } = [];

    /// <summary>What it ran on: machine, runtime, version, audio mode.</summary>
    public IReadOnlyList<ReportFigure> Environment { get; init; } = [];

    public bool AllPassed => Checks.All(check => check.Passed);
}
