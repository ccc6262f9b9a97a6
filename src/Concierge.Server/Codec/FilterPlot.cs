using System.Globalization;
using Concierge.Audio;
using Concierge.Server.Reports;

namespace Concierge.Server.Codec;

/// <summary>The resampling filters in figures and as a drawing, from the coefficients that the calls use.</summary>
internal static class FilterPlot
{
    private const double BottomDb = -130;
    private const double TopDb = 5;

    /// <summary>One line per profile: what it costs and what it keeps out. The pass band ends at 0.85 of the lower rate's Nyquist frequency (3.4 kHz for telephone speech).</summary>
    /// <param name="from">Hz.</param>
    /// <param name="to">Hz.</param>
    /// <param name="profiles">What to list.</param>
    public static string Table(int from, int to, IReadOnlyList<ResamplerProfile> profiles)
    {
        double edge = PassEdge(from, to);
        StringWriter text = new(CultureInfo.InvariantCulture);
        text.WriteLine($"{from} to {to} Hz, pass band to {edge:0} Hz");
        text.WriteLine("profile         taps/phase  delay at 1 kHz   ripple      image/alias rejection  state per call");
        foreach (ResamplerProfile profile in profiles)
        {
            PolyphaseFilter filter = PolyphaseFilter.For(from, to, profile);
            text.WriteLine(
                $"{Name(profile),-15} {filter.HistoryLength + 1,10}  {filter.GroupDelaySeconds * 1000,11:0.000} ms  {FilterResponse.RippleDb(filter, edge),8:0.0000} dB  {FilterResponse.RejectionDb(filter, edge),18:0.0} dB  {filter.CreateState().SizeInBytes,8} bytes");
        }

        return text.ToString();
    }

    /// <summary>Gain and group delay over frequency of one profile.</summary>
    /// <param name="from">Hz.</param>
    /// <param name="to">Hz.</param>
    /// <param name="profile">The profile.</param>
    public static string ResponseTable(int from, int to, ResamplerProfile profile)
    {
        PolyphaseFilter filter = PolyphaseFilter.For(from, to, profile);
        double top = TopFrequency(from, to);
        StringWriter text = new(CultureInfo.InvariantCulture);
        text.WriteLine("    Hz     gain dB   group delay ms");
        for (double hertz = 0; hertz <= top; hertz += top / 60)
        {
            // Beyond the pass band next to nothing comes through; its delay says nothing.
            string delay = hertz <= PassEdge(from, to)
                ? (FilterResponse.GroupDelaySeconds(filter, hertz) * 1000).ToString("0.000", CultureInfo.InvariantCulture)
                : "-";
            text.WriteLine($"{hertz,6:0}  {FilterResponse.GainDb(filter, hertz),10:0.000}  {delay,15}");
        }

        return text.ToString();
    }

    /// <summary>An SVG of the gain over frequency.</summary>
    /// <param name="from">Hz.</param>
    /// <param name="to">Hz.</param>
    /// <param name="profiles">What to draw, at most four.</param>
    public static string Svg(int from, int to, IReadOnlyList<ResamplerProfile> profiles)
    {
        double top = TopFrequency(from, to);
        SvgChart svg = new(760, 420, string.Create(CultureInfo.InvariantCulture, $"Resampler {from / 1000.0:0.#} to {to / 1000.0:0.#} kHz: gain over frequency, per profile"));
        svg.Frame(60, 50, 680, 310);
        double X(double hertz) => 60 + (680 * hertz / top);
        double Y(double db) => 50 + (310 * (TopDb - Math.Clamp(db, BottomDb, TopDb)) / (TopDb - BottomDb));
        for (int db = 0; db >= -120; db -= 20)
        {
            svg.HorizontalTick(60, 740, Y(db), $"{db} dB");
        }

        for (int i = 0; i <= 6; i++)
        {
            svg.Text(X(top * i / 6), 376, string.Create(CultureInfo.InvariantCulture, $"{top * i / 6000:0.##} kHz"), "middle");
        }

        for (int p = 0; p < profiles.Count; p++)
        {
            PolyphaseFilter filter = PolyphaseFilter.For(from, to, profiles[p]);
            svg.Line(Enumerable.Range(0, 801).Select(i => top * i / 800).Select(hertz => (X(hertz), Y(FilterResponse.GainDb(filter, hertz)))), SvgChart.Colors[p]);
            svg.Legend(60 + (170 * p), 402, SvgChart.Colors[p], Name(profiles[p]));
        }

        return svg.ToString();
    }

    /// <summary>The profile's name on the command line.</summary>
    public static string Name(ResamplerProfile profile) => profile switch
    {
        ResamplerProfile.LowLatency => "low-latency",
        ResamplerProfile.HighFidelity => "high-fidelity",
        ResamplerProfile.MinimumPhase => "minimum-phase",
        _ => "balanced",
    };

    private static double PassEdge(int from, int to) => 0.425 * Math.Min(from, to);

    private static double TopFrequency(int from, int to) => Math.Max(from, to) / 2.0;
}
