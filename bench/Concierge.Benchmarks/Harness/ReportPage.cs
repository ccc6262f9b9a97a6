using System.Globalization;
using System.Text.Json;
using Concierge.Audio;
using Concierge.Server.Codec;
using Concierge.Server.Reports;

namespace Concierge.Benchmarks.Harness;

/// <summary>Draws the page with plots: G.711's throughput by instruction set against a memory copy, and the resampler's response per profile.</summary>
internal static class ReportPage
{
    public static int Write(string resultsPath, string directory)
    {
        if (!File.Exists(resultsPath))
        {
            Console.Error.WriteLine($"{resultsPath} is not there: measure first, then draw.");
            return 2;
        }

        BenchRun run = JsonSerializer.Deserialize<BenchRun>(File.ReadAllText(resultsPath))!;
        Directory.CreateDirectory(directory);
        File.Copy(resultsPath, Path.Combine(directory, "results.json"), overwrite: true);
        File.WriteAllText(Path.Combine(directory, "g711-throughput.svg"), Throughput(run));
        File.WriteAllText(Path.Combine(directory, "resampler-response.svg"), FilterPlot.Svg(8000, 24000, Enum.GetValues<ResamplerProfile>()));
        string page = $"""
            # Results

            Made by `dotnet run -c Release --project bench/Concierge.Benchmarks -- {run.CommandLine}`, then `... -- --report bench/results`.
            Times are of this machine and this run; compare ratios inside one run, never nanoseconds between machines.

            ![G.711 throughput by instruction set](g711-throughput.svg)

            ![Frequency response of the resampler's profiles](resampler-response.svg)

            {ResultTable.Markdown(run)}
            """;
        File.WriteAllText(Path.Combine(directory, "README.md"), page);
        Console.WriteLine($"drawn into {directory}");
        return 0;
    }

    /// <summary>Bars: samples per nanosecond of each bench at 8,192 samples, a group per instruction set.</summary>
    private static string Throughput(BenchRun run)
    {
        (string Method, string Label)[] series =
            [("CopySamples", "copy of the samples"), ("MuLawDecode", "mu-law decode"), ("MuLawEncode", "mu-law encode"), ("TableDecode", "table loop, decode")];
        BenchRow[] rows = [.. run.Rows.Where(row => row.Class == "G711Benchmarks" && row.Parameters.Contains("8192", StringComparison.Ordinal))];
        string[] isas = [.. rows.Select(row => row.Isa).Distinct()];
        double Rate(string isa, string method) => rows.FirstOrDefault(row => row.Isa == isa && row.Method == method) is { } row ? 8192 / row.Median : 0;
        double top = Math.Ceiling(Math.Max(1, isas.Length == 0 ? 1 : isas.Max(isa => series.Max(s => Rate(isa, s.Method)))));

        var svg = new SvgChart(760, 360, $"G.711, 8,192 samples: samples per nanosecond, by instruction set ({run.Date:yyyy-MM-dd})");
        svg.Frame(60, 50, 680, 250);
        for (int i = 0; i <= 4; i++)
        {
            svg.HorizontalTick(60, 740, 300 - (250 * i / 4.0), (top * i / 4).ToString("0.#", CultureInfo.InvariantCulture));
        }

        double group = 680.0 / Math.Max(1, isas.Length);
        for (int g = 0; g < isas.Length; g++)
        {
            double left = 60 + (group * g) + 12;
            double width = (group - 24) / series.Length;
            for (int s = 0; s < series.Length; s++)
            {
                double rate = Rate(isas[g], series[s].Method);
                double height = 250 * rate / top;
                svg.Bar(left + (width * s), 300 - height, width - 3, height, SvgChart.Colors[s]);
                svg.Text(left + (width * s) + (width / 2), 296 - height, rate.ToString("0.0", CultureInfo.InvariantCulture), "middle");
            }

            svg.Text(left + ((group - 24) / 2), 318, isas[g], "middle");
        }

        for (int s = 0; s < series.Length; s++)
        {
            svg.Legend(60 + (170 * s), 340, SvgChart.Colors[s], series[s].Label);
        }

        return svg.ToString();
    }
}
