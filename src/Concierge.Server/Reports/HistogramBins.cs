namespace Concierge.Server.Reports;

/// <summary>Regroups a histogram into six bins per decade, empty ones included, so that its drawing has a logarithmic axis without gaps.</summary>
internal static class HistogramBins
{
    private static readonly double[] s_steps = [1, 1.5, 2, 3, 5, 7];

    /// <summary>The bins from the first value's to the last one's; none for an empty histogram.</summary>
    public static IReadOnlyList<ReportBucket> Regroup(IReadOnlyList<ReportBucket> buckets)
    {
        SortedDictionary<int, long> counts = [];
        foreach (ReportBucket bucket in buckets.Where(bucket => bucket.Count > 0))
        {
            int bin = BinOf(bucket.UpToMicroseconds);
            counts[bin] = counts.GetValueOrDefault(bin) + bucket.Count;
        }

        return counts.Count == 0
            ? []
            : [.. Enumerable.Range(counts.Keys.First(), counts.Keys.Last() - counts.Keys.First() + 1).Select(bin => new ReportBucket(Edge(bin), counts.GetValueOrDefault(bin)))];
    }

    /// <summary>The first bin whose edge is not below the value; 0 ends at 1 µs.</summary>
    private static int BinOf(double microseconds)
    {
        int bin = 0;
        while (Edge(bin) < microseconds)
        {
            bin++;
        }

        return bin;
    }

    private static double Edge(int bin) => s_steps[bin % s_steps.Length] * Math.Pow(10, bin / s_steps.Length);
}
