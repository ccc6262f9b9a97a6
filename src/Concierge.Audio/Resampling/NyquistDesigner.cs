namespace Concierge.Audio;

/// <summary>Designs the prototype low-pass of a rational resampler: an R-th-band ("Nyquist") FIR with a chosen delay and the smallest possible stop-band peak.</summary>
/// <remarks>
/// <para>Every R-th tap from the centre is zero and the centre is 1/R, so one of the R phases of an interpolator is a pure delay: a third of the work at R = 3 is a copy. The same
/// constraint makes the R spectral shifts of the response sum to a pure delay (Mintzer 1982), so the pass-band error, phase included, is at most times the stop-band's: only the
/// stop band is optimised.</para>
/// <para>The filter may go on after its centre for longer than it came before: the rejection of a longer filter at the delay of a shorter one. The phase stays linear within the same
/// small error (1e-4 rad for the balanced profile), which a free (not Nyquist) design of that delay reaches only with 30 % more multiplications.</para>
/// <para>Minimax over the complex response by Lawson's iteration: weighted least squares on a grid, each weight multiplied by the error it left (C. L. Lawson 1961; Rice and Usow 1968).</para>
/// </remarks>
internal static class NyquistDesigner
{
    /// <summary>Images of what lies below 1.2 kHz (at a low rate of 8 kHz), where speech has its power, are pressed four times further down.</summary>
    private const double NearImageWeight = 4;

    private const double NearImage = 0.3;

    /// <summary>Between the images of the transition band nothing is asked but that the response stays small.</summary>
    private const double GapWeight = 0.002;

    /// <summary>Designs ratio * taps coefficients; the first is zero, the one at ratio * half is 1/ratio.</summary>
    /// <param name="ratio">R: the cut-off is 1/R of the high rate's Nyquist frequency.</param>
    /// <param name="half">The delay in samples of the low rate.</param>
    /// <param name="taps">Coefficients per phase, at least 2 * half; exactly that gives a symmetric, strictly linear-phase filter.</param>
    /// <param name="rolloff">The half width of the transition as a fraction of the cut-off.</param>
    /// <param name="unit">Other than 0: coefficients are multiples of it, chosen so that rounding one makes good what rounding the others did.</param>
    public static double[] Design(int ratio, int half, int taps, double rolloff, double unit)
    {
        int center = ratio * half;
        var indices = new int[(ratio - 1) * taps];
        for (int k = 1, u = 0; u < indices.Length; k++)
        {
            if (k % ratio != 0)
            {
                indices[u++] = k;
            }
        }

        (double[] frequencies, double[] importance) = Grid(ratio, half, rolloff);
        double[] best = new NyquistFit(indices, center, frequencies, importance, 1.0 / ratio).Minimax(unit);
        var prototype = new double[ratio * taps];
        prototype[center] = 1.0 / ratio;
        for (int u = 0; u < indices.Length; u++)
        {
            prototype[indices[u]] = best[u];
        }

        return prototype;
    }

    /// <summary>The frequencies at which the stop band is looked at, in radians per sample of the high rate, and the weight of the error at each.</summary>
    /// <param name="ratio">R.</param>
    /// <param name="half">The delay in samples of the low rate.</param>
    /// <param name="rolloff">The half width of the transition as a fraction of the cut-off.</param>
    internal static (double[] Frequencies, double[] Importance) Grid(int ratio, int half, double rolloff)
    {
        int points = (int)(Math.Max(6, 30.0 / ratio) * ratio * half);
        var frequencies = new double[points];
        var importance = new double[points];
        double edge = (1 - rolloff) / 2; // an image's half width, in units of the low rate
        double step = ((ratio - 1 - rolloff) / 2) / (points - 1);
        for (int p = 0; p < points; p++)
        {
            double at = ((1 + rolloff) / 2) + (step * p);
            double image = Math.Round(at);
            double distance = Math.Abs(at - image);
            if (Math.Abs(distance - edge) <= step / 2)
            {
                // The error peaks at the very edges: without a point there it grows between two points.
                at = image + Math.CopySign(edge, at - image);
                distance = edge;
            }

            frequencies[p] = 2 * Math.PI * at / ratio;
            importance[p] = distance <= NearImage / 2 ? NearImageWeight : distance <= edge ? 1 : GapWeight;
        }

        return (frequencies, importance);
    }
}
