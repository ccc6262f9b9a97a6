using System.Globalization;
using Concierge.Server.Reports;

namespace Concierge.Server.Load;

/// <summary>A line chart inside a report: its colours are the page's. A drawing of its own file is a <see cref="SvgChart"/>.</summary>
internal static class HtmlLineChart
{
    private const double Width = 620;
    private const double Height = 260;
    private const double Left = 52;
    private const double Foot = 26;
    private const double Top = 10;
    private const int Lines = 4;

    public static void Write(HtmlBuilder html, IReadOnlyList<ChartLine> lines, Func<double, string> labelX, Func<double, string> labelY, bool fromZero)
    {
        double minX = fromZero ? 0 : lines.Min(l => l.Points.Min(p => p.X));
        double maxX = Above(minX, lines.Max(l => l.Points.Max(p => p.X)));
        double minY = fromZero ? 0 : Math.Floor(lines.Min(l => l.Points.Min(p => p.Y)));
        double maxY = fromZero ? Lines * Step(lines.Max(l => l.Points.Max(p => p.Y)) / Lines) : Above(minY, Math.Ceiling(lines.Max(l => l.Points.Max(p => p.Y))));
        double X(double x) => Left + ((x - minX) / (maxX - minX) * (Width - Left - 12));
        double Y(double y) => Top + ((maxY - y) / (maxY - minY) * (Height - Foot - Top));

        html.Add($"<svg class=\"chart\" viewBox=\"0 0 {Width:0} {Height:0}\" role=\"img\">");
        int rows = fromZero ? Lines : (int)Math.Round(maxY - minY);
        for (int i = 0; i <= rows; i++)
        {
            double y = minY + ((maxY - minY) * i / rows);
            html.Add($"<line x1=\"{Left:0}\" x2=\"{Width - 12:0}\" y1=\"{Y(y):0.#}\" y2=\"{Y(y):0.#}\"/><text class=\"y\" x=\"{Left - 8:0}\" y=\"{Y(y) + 4:0.#}\">{labelY(y)}</text>");
        }

        IEnumerable<double> marks = fromZero ? lines[0].Points.Select(p => p.X) : Enumerable.Range(0, (int)Math.Floor(maxX) + 1).Select(i => (double)i);
        foreach (double x in marks)
        {
            html.Add($"<text class=\"x\" x=\"{X(x):0.#}\" y=\"{Height - 8:0}\">{labelX(x)}</text>");
        }

        foreach (ChartLine line in lines)
        {
            string points = string.Join(' ', line.Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):0.#},{Y(p.Y):0.#}")));
            html.Add($"<polyline class=\"{Class(line)}\" points=\"{points}\"><title>{line.Name}</title></polyline>");
            foreach ((double x, double y) in line.Points.Count <= 20 ? line.Points : [])
            {
                html.Add($"<circle class=\"{Class(line)}\" cx=\"{X(x):0.#}\" cy=\"{Y(y):0.#}\" r=\"3.5\"><title>{line.Name}: {labelY(y)}</title></circle>");
            }
        }

        html.Add($"</svg><p class=\"legend\">");
        foreach (ChartLine line in lines)
        {
            html.Add($"<span class=\"{Class(line)}\">{line.Name}</span>");
        }

        html.Add($"</p>");
    }

    /// <summary>The next round number: 1, 2, 2.5 or 5 of some power of ten.</summary>
    private static double Step(double least)
    {
        if (least <= 0)
        {
            return 1;
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return power * ((double[])[1, 2, 2.5, 5, 10]).First(round => round * power >= least * 0.9999);
    }

    private static double Above(double low, double high) => high > low ? high : low + 1;

    private static string Class(ChartLine line) => line.Name.Replace(",", "", StringComparison.Ordinal);
}
