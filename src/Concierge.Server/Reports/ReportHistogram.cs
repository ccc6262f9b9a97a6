namespace Concierge.Server.Reports;

/// <summary>A distribution of times in microseconds.</summary>
/// <param name="Name">What was measured, such as <c>caller to model</c>.</param>
/// <param name="Buckets">In ascending order; each counts the values above the bucket before it.</param>
/// <param name="P50">The median.</param>
/// <param name="P99">The 99th percentile.</param>
/// <param name="Max">The largest value.</param>
internal sealed record ReportHistogram(string Name, IReadOnlyList<ReportBucket> Buckets, double P50, double P99, double Max)
{
    public long Count => Buckets.Sum(bucket => bucket.Count);
}
