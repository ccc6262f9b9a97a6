using System.Globalization;
using System.Text;

namespace Concierge.Server.Reports;

/// <summary>Just enough SVG for a chart: readable on white and on black, no script, no external font.</summary>
/// <param name="width">Pixels.</param>
/// <param name="height">Pixels.</param>
/// <param name="title">Written above the chart.</param>
internal sealed class SvgChart(int width, int height, string title)
{
    private readonly StringBuilder _body = new();

    /// <summary>Colours that stay apart for the colour-blind (Okabe and Ito).</summary>
    public static IReadOnlyList<string> Colors { get; } = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

    public void Frame(double x, double y, double w, double h) => Add($"<rect x='{x:0.#}' y='{y:0.#}' width='{w:0.#}' height='{h:0.#}' fill='none' stroke='#888'/>");

    public void Bar(double x, double y, double w, double h, string color) => Add($"<rect x='{x:0.#}' y='{y:0.#}' width='{w:0.#}' height='{h:0.#}' fill='{color}'/>");

    public void Text(double x, double y, string text, string anchor) =>
        Add($"<text x='{x:0.#}' y='{y:0.#}' text-anchor='{anchor}'>{System.Security.SecurityElement.Escape(text)}</text>");

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

    public void Line(IEnumerable<(double X, double Y)> points, string color) =>
        Add($"<polyline fill='none' stroke='{color}' stroke-width='1.2' points='{string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#},{p.Y:0.#}")))}'/>");

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' font-family='sans-serif' font-size='11'>\n<rect width='{width}' height='{height}' fill='#fff'/>\n<text x='{width / 2}' y='28' text-anchor='middle' font-size='14'>{System.Security.SecurityElement.Escape(title)}</text>\n{_body}</svg>\n");

    private void Add(FormattableString element) => _body.AppendLine(element.ToString(CultureInfo.InvariantCulture));
}
