namespace Concierge.Server.Load;

/// <summary>All runs with one number of calls, and what they come to: medians over those that count, and the bridge's as ratios to the relay's.</summary>
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

    /// <summary>The bridge's median over the relay's.</summary>
    public double? Ratio(Func<LoadRun, double?> figure)
    {
        double? bridge = Median(LoadKinds.Bridge, figure);
        double? relay = Median(LoadKinds.Relay, figure);
        return relay is > 0 ? bridge / relay : null;
    }

    /// <summary>Whether the bridge kept up in most runs that count; null when none counts.</summary>
    public bool? Holds(TimeSpan bound)
    {
        LoadRun[] runs = [.. Of(LoadKinds.Bridge)];
        return runs.Length == 0 ? null : 2 * runs.Count(run => run.Holds(bound)) > runs.Length;
    }
}
