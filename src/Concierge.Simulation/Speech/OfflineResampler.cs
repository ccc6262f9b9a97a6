namespace Concierge.Simulation.Speech;

/// <summary>
/// Converts a whole clip to another rate by a long windowed sinc in double precision: slow, plain, and independent of the product's resampler, for which
/// it serves as the reference. Linear phase, no delay: sample 0 of the result lies at the time of sample 0 of the source.
/// </summary>
public static class OfflineResampler
{
    private const int ZeroCrossings = 48;

    /// <summary>Converts a clip.</summary>
    /// <param name="source">Samples at <paramref name="sourceRate"/>.</param>
    /// <param name="sourceRate">Hertz, positive.</param>
    /// <param name="targetRate">Hertz, positive.</param>
    /// <returns>The clip at <paramref name="targetRate"/>: floor(length * target / source) samples. The passband ends at 95 % of the lower Nyquist frequency.</returns>
    public static short[] Convert(ReadOnlySpan<short> source, int sourceRate, int targetRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sourceRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(targetRate, 1);
        if (sourceRate == targetRate)
        {
            return source.ToArray();
        }

        int length = (int)((long)source.Length * targetRate / sourceRate);
        var target = new short[length];

        // Cut-off as a fraction of the source's Nyquist frequency; the sinc gets wider as it gets lower.
        double cutoff = 0.95 * Math.Min(1.0, (double)targetRate / sourceRate);
        double half = ZeroCrossings / cutoff;
        int reach = (int)Math.Ceiling(half);

        // The phases repeat: one set of taps for each position between two source samples.
        int phases = targetRate / Gcd(sourceRate, targetRate);
        double[][] taps = new double[phases][];
        for (int n = 0; n < length; n++)
        {
            long scaled = (long)n * sourceRate;
            int centre = (int)(scaled / targetRate);
            double[] phaseTaps = taps[n % phases] ??= Taps((double)(scaled % targetRate) / targetRate, cutoff, half, reach);
            int first = centre - reach + 1;
            double sum = 0;
            for (int k = Math.Max(0, -first); k < phaseTaps.Length && first + k < source.Length; k++)
            {
                sum += phaseTaps[k] * source[first + k];
            }

            target[n] = (short)Math.Clamp(Math.Round(sum), short.MinValue, short.MaxValue);
        }

        return target;
    }

    private static double[] Taps(double fraction, double cutoff, double half, int reach)
    {
        var taps = new double[2 * reach];
        double total = 0;
        for (int k = 0; k < taps.Length; k++)
        {
            double t = k - reach + 1 - fraction;
            double window = Math.Abs(t) >= half ? 0 : 0.42 + (0.5 * Math.Cos(Math.PI * t / half)) + (0.08 * Math.Cos(2 * Math.PI * t / half));
            double x = Math.PI * t * cutoff;
            taps[k] = cutoff * window * (Math.Abs(x) < 1e-9 ? 1 : Math.Sin(x) / x);
            total += taps[k];
        }

        for (int k = 0; k < taps.Length; k++)
        {
            taps[k] /= total;
        }

        return taps;
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}
