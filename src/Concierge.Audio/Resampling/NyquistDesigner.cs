using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
    /// <summary>Images of what lies below 1.2 kHz (at a low rate of 8 kHz), where speech has its power, are pressed five times further down.</summary>
    private const double NearImageWeight = 5;

    private const double NearImage = 0.3;

    /// <summary>Between the images of the transition band nothing is asked but that the response stays small.</summary>
    private const double GapWeight = 0.002;

    private const int Iterations = 20;

    /// <summary>Rounding errors stand everywhere, not only where the minimax error peaks: an even weight beside the iteration's, as a share of it.</summary>
    private const double RoundingWeight = 0.3;

    /// <summary>Designs ratio * taps coefficients; the first is zero, the one at ratio * half is 1/ratio.</summary>
    /// <param name="ratio">R: the cut-off is 1/R of the high rate's Nyquist frequency.</param>
    /// <param name="half">The delay in samples of the low rate.</param>
    /// <param name="taps">Coefficients per phase, at least 2 * half; exactly that gives a symmetric, strictly linear-phase filter.</param>
    /// <param name="rolloff">The half width of the transition as a fraction of the cut-off.</param>
    /// <param name="unit">Other than 0: coefficients are multiples of it, chosen so that rounding one makes good what rounding the others did.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

        int points = (int)(Math.Max(6, 30.0 / ratio) * ratio * half);
        var rows = new double[2 * points][]; // real and imaginary part of each point
        var importance = new double[points];
        double edge = Math.PI * (1 + rolloff) / ratio;
        for (int p = 0; p < points; p++)
        {
            double w = edge + ((Math.PI - edge) * p / (points - 1));
            double bands = w * ratio / (2 * Math.PI); // images stand at whole numbers
            double distance = Math.Abs(bands - Math.Round(bands)) * 2;
            importance[p] = distance <= NearImage ? NearImageWeight : distance <= 1 - rolloff + 1e-9 ? 1 : GapWeight;
            rows[2 * p] = new double[indices.Length];
            rows[(2 * p) + 1] = new double[indices.Length];
            for (int u = 0; u < indices.Length; u++)
            {
                (rows[(2 * p) + 1][u], rows[2 * p][u]) = Math.SinCos(w * (indices[u] - center));
            }
        }

        double[] best = Lawson(rows, importance, -1.0 / ratio, unit);
        var prototype = new double[ratio * taps];
        prototype[center] = 1.0 / ratio;
        for (int u = 0; u < indices.Length; u++)
        {
            prototype[indices[u]] = best[u];
        }

        return prototype;
    }

    /// <summary>The x with the least max |importance (row x - target)| over the complex rows, near enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double[] Lawson(double[][] rows, double[] importance, double target, double unit)
    {
        int points = importance.Length;
        var weights = new double[points];
        Array.Fill(weights, 1.0 / points);
        var squared = new double[points];
        var errors = new double[points];
        double[] best = [];
        var bestWeights = new double[points];
        double bestPeak = double.PositiveInfinity;
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            for (int p = 0; p < points; p++)
            {
                squared[p] = weights[p] * importance[p] * importance[p];
            }

            double[] x = SolveWeighted(rows, squared, target, unit: 0);
            double peak = 0;
            double sum = 0;
            for (int p = 0; p < points; p++)
            {
                double re = Dot(rows[2 * p], x) - target;
                double im = Dot(rows[(2 * p) + 1], x);
                errors[p] = Math.Sqrt((re * re) + (im * im)) * importance[p];
                peak = Math.Max(peak, errors[p]);
                sum += weights[p] * errors[p];
            }

            if (peak < bestPeak)
            {
                bestPeak = peak;
                best = x;
                weights.CopyTo(bestWeights, 0);
            }

            for (int p = 0; p < points; p++)
            {
                weights[p] = Math.Max(weights[p] * errors[p] / sum, 1e-14);
            }
        }

        if (unit > 0)
        {
            for (int p = 0; p < points; p++)
            {
                squared[p] = (bestWeights[p] + (RoundingWeight / points)) * importance[p] * importance[p];
            }

            best = SolveWeighted(rows, squared, target, unit);
        }

        return best;
    }

    /// <summary>Normal equations and their Cholesky factor (a = UᵀU), the right-hand side carried as one more column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double[] SolveWeighted(double[][] rows, double[] weights, double target, double unit)
    {
        int n = rows[0].Length;
        var a = new double[n][];
        for (int i = 0; i < n; i++)
        {
            a[i] = new double[n + 1];
        }

        for (int p = 0; p < rows.Length; p++)
        {
            double[] row = rows[p];
            double wanted = (p & 1) == 0 ? target : 0;
            for (int i = 0; i < n; i++)
            {
                double scaled = weights[p >> 1] * row[i];
                AddScaled(a[i].AsSpan(i, n - i), scaled, row.AsSpan(i));
                a[i][n] += scaled * wanted;
            }
        }

        for (int i = 0; i < n; i++)
        {
            a[i][i] += 1e-18;
            for (int k = 0; k < i; k++)
            {
                AddScaled(a[i].AsSpan(i), -a[k][i], a[k].AsSpan(i));
            }

            double root = Math.Sqrt(Math.Max(a[i][i], 1e-30));
            for (int j = i; j <= n; j++)
            {
                a[i][j] /= root;
            }
        }

        var x = new double[n];
        for (int i = n - 1; i >= 0; i--)
        {
            double value = a[i][n];
            for (int j = i + 1; j < n; j++)
            {
                value -= a[i][j] * x[j];
            }

            x[i] = value / a[i][i];
            if (unit > 0)
            {
                x[i] = Math.Round(x[i] / unit) * unit; // what this leaves, those still to come make good (Babai's nearest plane)
            }
        }

        return x;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddScaled(Span<double> into, double factor, ReadOnlySpan<double> values)
    {
        int i = 0;
        var factors = new Vector<double>(factor);
        for (; i <= into.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            ref double at = ref MemoryMarshal.GetReference(into);
            Vector<double> sum = Vector.LoadUnsafe(ref at, (nuint)i) + (factors * Vector.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)i));
            sum.StoreUnsafe(ref at, (nuint)i);
        }

        for (; i < into.Length; i++)
        {
            into[i] += factor * values[i];
        }
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
