namespace Concierge.Server.Reports;

/// <summary>One bucket of a histogram.</summary>
/// <param name="UpToMicroseconds">The largest value it counts.</param>
/// <param name="Count">How many values it counts.</param>
internal sealed record ReportBucket(double UpToMicroseconds, long Count);
