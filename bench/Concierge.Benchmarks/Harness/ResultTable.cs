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

        if (run.Quality.Count > 0)
        {
            text.AppendLine().AppendLine("## ResamplerQuality").AppendLine().Append(Quality(run.Quality));
        }

        return text.ToString();
    }

    /// <summary>The quality of resamplers side by side.</summary>
    public static string Quality(IReadOnlyList<QualityRow> rows)
    {
        var text = new StringBuilder();
        text.AppendLine("| resampler | kHz | delay ms | ripple to 3.4 kHz dB | images or aliases dB | SNR dB, 997 Hz at -3, -20, -40 dBFS | intermodulation dB |");
        text.AppendLine("|---|---|---:|---:|---:|---:|---:|");
        foreach (QualityRow row in rows)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {row.Resampler} | {row.From / 1000} to {row.To / 1000} | {row.DelayMilliseconds:0.000} | {row.RippleDb:0.0000} | {-row.RejectionDb:0.0} | {row.SignalToNoiseDb:0.0}, {row.SoftSignalToNoiseDb:0.0}, {row.FaintSignalToNoiseDb:0.0} | {-row.IntermodulationDb:0.0} |");
        }

        foreach (string missing in NativePeers.Missing())
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{missing} is not installed on this machine: it is not compared.");
        }

        return text.ToString();
    }
}
