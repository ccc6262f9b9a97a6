namespace Concierge.Audio;

/// <summary>The frequency response of a <see cref="PolyphaseFilter"/>, from the very coefficients that the kernels use. For reports and tests; not a hot path.</summary>
public static class FilterResponse
{
    /// <summary>The gain at one frequency, relative to a perfect conversion.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="frequency">Hz, 0 to half the filter's own rate (its input rate times its interpolation).</param>
    /// <returns>dB; 0 in the pass band, at least -400 for an exact zero.</returns>
    public static double GainDb(PolyphaseFilter filter, double frequency) => 20 * Math.Log10(Math.Max(Magnitude(filter, frequency), 1e-20));

    /// <summary>The largest deviation from 0 dB up to an edge.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="passEdge">Hz; 3400 for telephone speech at 8 kHz.</param>
    /// <returns>dB, not negative.</returns>
    public static double RippleDb(PolyphaseFilter filter, double passEdge)
    {
        double worst = 0;
        for (int i = 0; i <= 500; i++)
        {
            worst = Math.Max(worst, Math.Abs(GainDb(filter, passEdge * i / 500)));
        }

        return worst;
    }

    /// <summary>The rejection of all images (interpolating) or aliases (decimating) of what lies below an edge.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="passEdge">Hz; 3400 for telephone speech at 8 kHz.</param>
    /// <returns>dB, positive: the worst image's attenuation.</returns>
    public static double RejectionDb(PolyphaseFilter filter, double passEdge)
    {
        double low = Math.Min(filter.InputRate, filter.OutputRate);
        double top = (double)filter.InputRate * filter.Interpolation / 2;
        double worst = -400;
        for (double center = low; center - passEdge <= top; center += low)
        {
            for (int i = -500; i <= 500; i++)
            {
                double frequency = center + (passEdge * i / 500);
                if (frequency <= top)
                {
                    worst = Math.Max(worst, GainDb(filter, frequency));
                }
            }
        }

        return -worst;
    }

    /// <summary>The delay of a narrow band around a frequency: constant for a linear phase.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="frequency">Hz.</param>
    /// <returns>Seconds.</returns>
    public static double GroupDelaySeconds(PolyphaseFilter filter, double frequency)
    {
        (double re, double im, double weightedRe, double weightedIm) = Transform(filter, frequency);
        double rate = (double)filter.InputRate * filter.Interpolation;
        return ((weightedRe * re) + (weightedIm * im)) / ((re * re) + (im * im)) / rate;
    }

    internal static double Magnitude(PolyphaseFilter filter, double frequency)
    {
        (double re, double im, _, _) = Transform(filter, frequency);
        return Math.Sqrt((re * re) + (im * im)) / filter.Interpolation;
    }

    private static (double Re, double Im, double WeightedRe, double WeightedIm) Transform(PolyphaseFilter filter, double frequency)
    {
        double re = 0, im = 0, weightedRe = 0, weightedIm = 0;
        double rate = (double)filter.InputRate * filter.Interpolation;
        for (int phase = 0; phase < filter.Interpolation; phase++)
        {
            ReadOnlySpan<float> taps = filter.Phase(phase);
            for (int k = 0; k < taps.Length; k++)
            {
                int n = ((taps.Length - 1 - k) * filter.Interpolation) + phase;
                (double sin, double cos) = Math.SinCos(-2 * Math.PI * frequency * n / rate);
                re += taps[k] * cos;
                im += taps[k] * sin;
                weightedRe += n * taps[k] * cos;
                weightedIm += n * taps[k] * sin;
            }
        }

        return (re, im, weightedRe, weightedIm);
    }
}
