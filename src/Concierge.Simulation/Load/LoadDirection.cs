namespace Concierge.Simulation.Load;

/// <summary>What one direction came to. Latencies are from a frame's departure at one far end to its arrival at the other, at one clock, in nanoseconds.</summary>
public sealed record LoadDirection
{
    /// <summary>Frames sent while counting, without those that name their call.</summary>
    public required long Sent { get; init; }

    /// <summary>Of these, the ones that never came.</summary>
    public required long Lost { get; init; }

    /// <summary>Of these, the ones that took more than 20 ms.</summary>
    public required long Late { get; init; }

    /// <summary>Stamps that came twice or out of order.</summary>
    public required long Repeated { get; init; }

    /// <summary>The median.</summary>
    public required long P50 { get; init; }

    /// <summary>90 % took at most this.</summary>
    public required long P90 { get; init; }

    /// <summary>99 % took at most this.</summary>
    public required long P99 { get; init; }

    /// <summary>99.9 % took at most this.</summary>
    public required long P999 { get; init; }

    /// <summary>The longest.</summary>
    public required long Max { get; init; }

    /// <summary>The distribution: upper bounds in nanoseconds and counts, shortest first.</summary>
    public required IReadOnlyList<(long UpTo, long Count)> Buckets { get; init; }

    internal static LoadDirection Of(LoadTally tally) => Of(tally.Latency, tally.Sent, tally.Lost, tally.Late, tally.Repeated);

    internal static LoadDirection Of(LoadHistogram latency, long sent = 0, long lost = 0, long late = 0, long repeated = 0) => new()
    {
        Sent = sent,
        Lost = lost,
        Late = late,
        Repeated = repeated,
        P50 = latency.Percentile(0.50),
        P90 = latency.Percentile(0.90),
        P99 = latency.Percentile(0.99),
        P999 = latency.Percentile(0.999),
        Max = latency.MaxNanoseconds,
        Buckets = [.. latency.Buckets()],
    };
}
