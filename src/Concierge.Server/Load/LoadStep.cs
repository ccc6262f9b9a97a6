namespace Concierge.Server.Load;

/// <summary>All runs with one number of calls, and what they come to: medians over those that count, and a bridge's as ratios to the relay's.</summary>
/// <param name="Calls">The calls.</param>
/// <param name="Runs">In the order they were made.</param>
internal sealed record LoadStep(int Calls, IReadOnlyList<LoadRun> Runs)
{
    public IEnumerable<LoadRun> Of(string kind) => Runs.Where(run => run.Kind == kind && run.Discarded is null);

    /// <summary>The median of a figure over the runs of a kind; null when there is none.</summary>
    public double? Median(string kind, Func<LoadRun, double?> figure)
    {
        double[] values = [.. Of(kind).Select(figure).OfType<double>().Order()];
        return values.Length == 0 ? null : (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    /// <summary>The median of one kind over that of another, such as the relay's; null when one is missing.</summary>
    public double? Ratio(string kind, Func<LoadRun, double?> figure, string to = LoadKinds.Relay)
    {
        double? above = Median(kind, figure);
        double? below = Median(to, figure);
        return below is > 0 ? above / below : null;
    }

    /// <summary>Whether a kind of bridge kept up in most runs that count; null when none counts.</summary>
    public bool? Holds(TimeSpan bound, string kind = LoadKinds.Bridge)
    {
        LoadRun[] runs = [.. Of(kind)];
        return runs.Length == 0 ? null : 2 * runs.Count(run => run.Holds(bound)) > runs.Length;
    }
}
