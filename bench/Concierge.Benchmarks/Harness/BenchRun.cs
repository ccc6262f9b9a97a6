namespace Concierge.Benchmarks.Harness;

/// <summary>The results of one invocation and where they came from.</summary>
internal sealed record BenchRun(string Machine, string OperatingSystem, string Runtime, DateTimeOffset Date, string Commit, string CommandLine, IReadOnlyList<BenchRow> Rows)
{
    /// <summary>The resamplers' measured quality; empty when the filter left it out.</summary>
    public IReadOnlyList<QualityRow> Quality { get; init; } = [];
}
