using Concierge.Pipelines;
using Concierge.Server.Demo;
using Concierge.Simulation.Twilio;

namespace Concierge.Server.Figures;

/// <summary>What the interruptions of one or more calls came to. Times in milliseconds.</summary>
internal sealed record BargeInFigures
{
    public required string Scenario { get; init; }

    public int Calls { get; init; } = 1;

    /// <summary>Interruptions by the caller.</summary>
    public int Interruptions { get; init; }

    /// <summary>Clears that the carrier got.</summary>
    public int Clears { get; init; }

    /// <summary>From the model's word to the clear handed to the transport and the model told, in real time.</summary>
    public IReadOnlyList<double> Reactions { get; init; } = [];

    /// <summary>How long the agent was still heard after the caller's first sound, the model's own detection included.</summary>
    public IReadOnlyList<double> HeardAfterOnset { get; init; } = [];

    /// <summary>What the model was told was heard, less what was heard: never positive by more than a frame or so, negative by less than a mark's distance.</summary>
    public IReadOnlyList<double> TruncationErrors { get; init; } = [];

    /// <summary>Times the agent was stopped at the carrier although nobody cut in.</summary>
    public int Wrongly { get; init; }

    /// <summary>Truncations that the model refused.</summary>
    public int Refused { get; init; }

    /// <summary>Times the node held the agent back by itself.</summary>
    public long Local { get; init; }

    /// <summary>Times among them that the model heard nobody.</summary>
    public long False { get; init; }

    /// <summary>Takes the figures out of one call's evidence.</summary>
    public static BargeInFigures Of(DemoEvidence evidence)
    {
        List<TwilioTwinTurn> interruptions = [.. evidence.Carrier.Turns.Where(t => t.Interrupts)];
        LatencyHistogram reaction = evidence.Node.InterruptionTime;
        return new BargeInFigures
        {
            Scenario = evidence.Scenario.Name,
            Interruptions = interruptions.Count,
            Clears = evidence.Carrier.Clears.Count,
            Wrongly = Math.Max(0, evidence.Carrier.Clears.Count - interruptions.Count),
            Reactions = [.. reaction.Buckets().SelectMany(b => Enumerable.Repeat(Math.Min(b.UpperNanoseconds, reaction.MaxNanoseconds) / 1e6, (int)b.Count))],
            HeardAfterOnset = [.. interruptions.Where(t => t.AgentStoppedAt is not null).Select(t => (t.AgentStoppedAt!.Value - t.StartedAt).TotalMilliseconds)],
            TruncationErrors =
            [
                .. HeardResponse.FindAll(evidence).Where(h => h.Response.TruncatedAtMs is not null).Select(h => h.Response.TruncatedAtMs!.Value - h.Audible.TotalMilliseconds),
            ],
            Refused = evidence.Model.Truncations.Count(t => t.Error is not null),
            Local = evidence.Node.Counters.LocalInterruptions,
            False = evidence.Node.Counters.FalseInterruptions,
        };
    }

    /// <summary>Several calls as one.</summary>
    public static BargeInFigures Sum(string name, IReadOnlyList<BargeInFigures> figures) => new()
    {
        Scenario = name,
        Calls = figures.Sum(f => f.Calls),
        Interruptions = figures.Sum(f => f.Interruptions),
        Clears = figures.Sum(f => f.Clears),
        Wrongly = figures.Sum(f => f.Wrongly),
        Reactions = [.. figures.SelectMany(f => f.Reactions)],
        HeardAfterOnset = [.. figures.SelectMany(f => f.HeardAfterOnset)],
        TruncationErrors = [.. figures.SelectMany(f => f.TruncationErrors)],
        Refused = figures.Sum(f => f.Refused),
        Local = figures.Sum(f => f.Local),
        False = figures.Sum(f => f.False),
    };

    /// <summary>The median; NaN of nothing.</summary>
    public static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[(sorted.Length - 1) / 2];
    }
}
