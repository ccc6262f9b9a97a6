using System.Globalization;
using System.Text;

namespace Concierge.Server.Reports;

/// <summary>Draws samples as SVG outlines: the peaks of each column, and their root mean square inside.</summary>
internal static class WaveformPath
{
    /// <summary>Columns of the drawing; about one per pixel of a wide window.</summary>
    public const int Columns = 1_400;

    /// <summary>The drawing reaches this far above and below its middle.</summary>
    public const int HalfHeight = 100;

    /// <summary>Outlines of one recording.</summary>
    /// <param name="samples">The recording.</param>
    /// <param name="totalSamples">The length of the common time axis; what is missing is silence.</param>
    /// <param name="gain">What full scale is multiplied with.</param>
    /// <returns>The path of the peaks and the path of the root mean squares.</returns>
    public static (string Peaks, string Rms) Draw(ReadOnlySpan<short> samples, long totalSamples, double gain)
    {
        Span<double> high = new double[Columns];
        Span<double> low = new double[Columns];
        Span<double> rms = new double[Columns];
        for (int column = 0; column < Columns; column++)
        {
            int from = (int)Math.Min(samples.Length, totalSamples * column / Columns);
            int to = (int)Math.Min(samples.Length, totalSamples * (column + 1) / Columns);
            Measure(samples[from..Math.Max(from, to)], gain, out high[column], out low[column], out rms[column]);
        }

        return (Outline(high, low), Outline(rms, rms, mirror: true));
    }

    /// <summary>The gain that brings the loudest sample of both recordings close to the edge, at most 8.</summary>
    public static double CommonGain(ReadOnlySpan<short> first, ReadOnlySpan<short> second)
    {
        int peak = Math.Max(Peak(first), Peak(second));
        return peak == 0 ? 1 : Math.Min(8, 0.95 * 32_768 / peak);
    }

    private static int Peak(ReadOnlySpan<short> samples)
    {
        int peak = 0;
        foreach (short sample in samples)
        {
            peak = Math.Max(peak, Math.Abs((int)sample));
        }

        return peak;
    }

    private static void Measure(ReadOnlySpan<short> column, double gain, out double high, out double low, out double rms)
    {
        int most = 0;
        int least = 0;
        double energy = 0;
        foreach (short sample in column)
        {
            most = Math.Max(most, sample);
            least = Math.Min(least, sample);
            energy += (double)sample * sample;
        }

        double scale = gain * HalfHeight / 32_768;
        high = Math.Min(HalfHeight, most * scale);
        low = Math.Min(HalfHeight, -least * scale);
        rms = column.IsEmpty ? 0 : Math.Min(HalfHeight, Math.Sqrt(energy / column.Length) * scale);
    }

    /// <summary>Along the upper edge and back along the lower one. Half a unit is left everywhere, so that silence is a line.</summary>
    private static string Outline(ReadOnlySpan<double> upper, ReadOnlySpan<double> lower, bool mirror = false)
    {
        double least = mirror ? 0 : 0.5;
        StringBuilder path = new("M0 0", Columns * 16);
        for (int i = 0; i < upper.Length; i++)
        {
            Append(path, i, -Math.Max(least, upper[i]));
        }

        for (int i = lower.Length - 1; i >= 0; i--)
        {
            Append(path, i, Math.Max(least, lower[i]));
        }

        return path.Append('Z').ToString();
    }

    private static void Append(StringBuilder path, int x, double y) => path.Append(CultureInfo.InvariantCulture, $"L{x} {Math.Round(y, 1)}");
}
