namespace Concierge.Benchmarks.Harness;

/// <summary>One measured bench. Times are nanoseconds of one operation.</summary>
internal sealed record BenchRow(
    string Isa, string Class, string Method, string Parameters, double Median, double Mean, double Minimum, double Error, double? AllocatedBytes, bool IsBaseline)
{
    /// <summary>Median of the baseline with the same class and parameters over this median: throughput as a ratio.</summary>
    public double? OfBaseline { get; init; }
}
