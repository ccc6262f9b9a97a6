namespace Concierge.Benchmarks.Harness;

/// <summary>The results of one invocation and where they came from.</summary>
internal sealed record BenchRun(string Machine, string OperatingSystem, string Runtime, DateTimeOffset Date, string Commit, string CommandLine, IReadOnlyList<BenchRow> Rows);
