using System.Globalization;
using System.Text;
using System.Text.Json;
using Concierge.Audio;

namespace Concierge.Benchmarks.Harness;

/// <summary>Draws the page with plots: G.711's throughput by instruction set against a memory copy, and the resampler's response per profile.</summary>
internal static class ReportPage
{
    private static readonly string[] s_colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

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
        File.WriteAllText(Path.Combine(directory, "resampler-response.svg"), Response(8000, 24000));
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

        var svg = new Svg(760, 360, $"G.711, 8,192 samples: samples per nanosecond, by instruction set ({run.Date:yyyy-MM-dd})");
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
                svg.Bar(left + (width * s), 300 - height, width - 3, height, s_colors[s]);
                svg.Text(left + (width * s) + (width / 2), 296 - height, rate.ToString("0.0", CultureInfo.InvariantCulture), "middle");
            }

            svg.Text(left + ((group - 24) / 2), 318, isas[g], "middle");
        }

        for (int s = 0; s < series.Length; s++)
        {
            svg.Legend(60 + (170 * s), 340, s_colors[s], series[s].Label);
        }

        return svg.ToString();
    }

    private static string Response(int from, int to)
    {
        var svg = new Svg(760, 420, "Resampler 8 to 24 kHz: gain over frequency, per profile");
        const double Bottom = -130;
        svg.Frame(60, 50, 680, 310);
        double X(double hertz) => 60 + (680 * hertz / 12000);
        double Y(double db) => 50 + (310 * Math.Clamp(db, Bottom, 5) / (Bottom - 5)) - (310 * 5 / (Bottom - 5));
        for (int db = 0; db >= -120; db -= 20)
        {
            svg.HorizontalTick(60, 740, Y(db), $"{db} dB");
        }

        for (int kilo = 0; kilo <= 12; kilo += 2)
        {
            svg.Text(X(kilo * 1000), 376, $"{kilo} kHz", "middle");
        }

        ResamplerProfile[] profiles = Enum.GetValues<ResamplerProfile>();
        for (int p = 0; p < profiles.Length; p++)
        {
            PolyphaseFilter filter = PolyphaseFilter.For(from, to, profiles[p]);
            var points = new List<(double, double)>();
            for (double f = 0; f <= 12000; f += 15)
            {
                points.Add((X(f), Y(FilterResponse.GainDb(filter, f))));
            }

            svg.Line(points, s_colors[p]);
            svg.Legend(60 + (170 * p), 402, s_colors[p], $"{profiles[p]}");
        }

        return svg.ToString();
    }

    /// <summary>Just enough SVG, readable on white and on black.</summary>
    private sealed class Svg(int width, int height, string title)
    {
        private readonly StringBuilder _body = new();

        public void Frame(double x, double y, double w, double h) => Add($"<rect x='{x:0.#}' y='{y:0.#}' width='{w:0.#}' height='{h:0.#}' fill='none' stroke='#888'/>");

        public void Bar(double x, double y, double w, double h, string color) => Add($"<rect x='{x:0.#}' y='{y:0.#}' width='{w:0.#}' height='{h:0.#}' fill='{color}'/>");

        public void Text(double x, double y, string text, string anchor) => Add($"<text x='{x:0.#}' y='{y:0.#}' text-anchor='{anchor}'>{text}</text>");

        public void HorizontalTick(double from, double to, double y, string label)
        {
            Add($"<path d='M{from:0.#} {y:0.#}H{to:0.#}' stroke='#ddd'/>");
            Text(from - 6, y + 4, label, "end");
        }

        public void Legend(double x, double y, string color, string label)
        {
            Add($"<rect x='{x:0.#}' y='{y - 9:0.#}' width='10' height='10' fill='{color}'/>");
            Text(x + 15, y, label, "start");
        }

        public void Line(IReadOnlyList<(double X, double Y)> points, string color) =>
            Add($"<polyline fill='none' stroke='{color}' stroke-width='1.2' points='{string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#},{p.Y:0.#}")))}'/>");

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' font-family='sans-serif' font-size='11'>\n<rect width='{width}' height='{height}' fill='#fff'/>\n<text x='{width / 2}' y='28' text-anchor='middle' font-size='14'>{title}</text>\n{_body}</svg>\n");

        private void Add(FormattableString element) => _body.AppendLine(element.ToString(CultureInfo.InvariantCulture));
    }
}
