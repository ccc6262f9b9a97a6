namespace Concierge.Pipelines;

/// <summary>The answers of a call in their order, and how long they took.</summary>
/// <param name="Turns">One for each response that began.</param>
public sealed record CallTimeline(IReadOnlyList<TurnTiming> Turns)
{
    /// <summary>Of a call without answers.</summary>
    public static CallTimeline Empty { get; } = new([]);

    /// <summary>The time that <paramref name="fraction"/> (0 to 1) of the answers did not exceed in one step; null when none has it.</summary>
    /// <param name="step">The step, for instance <c>t =&gt; t.Whole</c>.</param>
    /// <param name="fraction">0.5 for the median.</param>
    public TimeSpan? Percentile(Func<TurnTiming, TimeSpan?> step, double fraction)
    {
        var times = new List<TimeSpan>(Turns.Count);
        foreach (TurnTiming turn in Turns)
        {
            if (step(turn) is { } time)
            {
                times.Add(time);
            }
        }

        if (times.Count == 0)
        {
            return null;
        }

        times.Sort();
        return times[Math.Clamp((int)Math.Ceiling(fraction * times.Count) - 1, 0, times.Count - 1)];
    }
}
