using System.Globalization;
using System.Text;

namespace Concierge.Benchmarks.Harness;

/// <summary>Results as Markdown.</summary>
internal static class ResultTable
{
    /// <summary>Adds each row's throughput relative to the baseline of its class, parameters and instruction set.</summary>
    public static List<BenchRow> WithRatios(IReadOnlyList<BenchRow> rows) =>
    [
        .. rows.Select(row => row with
        {
            OfBaseline = rows.FirstOrDefault(b => b.IsBaseline && b.Class == row.Class && b.Parameters == row.Parameters && b.Isa == row.Isa) is { } baseline
                ? baseline.Median / row.Median
                : null,
        }),
    ];

    public static string Markdown(BenchRun run)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{run.Machine}; {run.OperatingSystem}; {run.Runtime}; {run.Date:yyyy-MM-dd HH:mm} UTC; commit {run.Commit}; `{run.CommandLine}`");
        foreach (IGrouping<string, BenchRow> type in run.Rows.GroupBy(row => row.Class))
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {type.Key}").AppendLine();
            text.AppendLine("| bench | parameters | ISA | median ns | min ns | ± ns | of baseline | B/op |");
            text.AppendLine("|---|---|---|---:|---:|---:|---:|---:|");
            foreach (BenchRow row in type)
            {
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| {row.Method}{(row.IsBaseline ? " (baseline)" : "")} | {row.Parameters} | {row.Isa} | {row.Median:0.0} | {row.Minimum:0.0} | {row.Error:0.0} | {row.OfBaseline:0.00} | {row.AllocatedBytes:0} |");
            }
        }

        return text.ToString();
    }
}
