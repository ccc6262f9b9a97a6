using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Concierge.Audio;

/// <summary>The free taps of a prototype with a fixed centre, fitted to silence over weighted frequencies in the minimax sense. One design's scratch.</summary>
/// <remarks>
/// The error at a frequency w is the response, turned back by the centre's delay: center + sum of x[u] exp(-i w d[u]), d being a tap's distance from the centre. The normal equations of its weighted
/// squares hold, for taps d and e apart from the centre, the sum over the frequencies of weight * cos(w (d - e)): one row of sums, as long as the filter, gives them all.
/// </remarks>
internal sealed class NyquistFit
{
    private const int Iterations = 20;

    /// <summary>Even weights to try when rounding, as shares of the iteration's.</summary>
    private static ReadOnlySpan<double> RoundingWeights => [0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.56, 0.8, 1.12];

    private readonly int[] _indices;
    private readonly int _center;
    private readonly double _centerTap;
    private readonly double[] _importance;
    private readonly double[][] _cosines; // of each frequency, by distance in taps
    private readonly double[][] _sines;
    private readonly double[] _moments;
    private readonly double[] _sums; // of taps as far before the centre as behind it, and their differences
    private readonly double[] _differences;
    private readonly double[][] _normal;

    /// <summary>Prepares the tables.</summary>
    /// <param name="indices">The free taps, ascending, from 1.</param>
    /// <param name="center">The index of the fixed one.</param>
    /// <param name="frequencies">Radians per sample.</param>
    /// <param name="importance">The weight of the error at each frequency.</param>
    /// <param name="centerTap">The fixed tap.</param>
    public NyquistFit(int[] indices, int center, double[] frequencies, double[] importance, double centerTap)
    {
        _indices = indices;
        _center = center;
        _centerTap = centerTap;
        _importance = importance;
        int reach = Math.Max(center, indices[^1] - center) + 1;
        int span = Math.Max(reach, indices[^1]);
        _cosines = new double[frequencies.Length][];
        _sines = new double[frequencies.Length][];
        for (int p = 0; p < frequencies.Length; p++)
        {
            _cosines[p] = new double[span];
            _sines[p] = new double[reach];
            for (int d = 0; d < span; d++)
            {
                (double sin, _cosines[p][d]) = Math.SinCos(frequencies[p] * d);
                if (d < reach)
                {
                    _sines[p][d] = sin;
                }
            }
        }

        _moments = new double[span];
        _sums = new double[reach];
        _differences = new double[reach];
        _normal = new double[indices.Length][];
        for (int i = 0; i < indices.Length; i++)
        {
            _normal[i] = new double[indices.Length + 1];
        }
    }

    /// <summary>The taps with the least max |importance * error|, near enough.</summary>
    /// <param name="unit">Other than 0: multiples of it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double[] Minimax(double unit)
    {
        int points = _importance.Length;
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
                squared[p] = weights[p] * _importance[p] * _importance[p];
            }

            Factor(squared);
            double[] x = Solve(unit: 0);
            double peak = Errors(x, errors);
            if (peak < bestPeak)
            {
                bestPeak = peak;
                best = x;
                weights.CopyTo(bestWeights, 0);
            }

            double sum = 0;
            for (int p = 0; p < points; p++)
            {
                sum += weights[p] * errors[p];
            }

            for (int p = 0; p < points; p++)
            {
                weights[p] = Math.Max(weights[p] * errors[p] / sum, 1e-14);
            }
        }

        if (unit > 0)
        {
            // Rounding errors stand everywhere, not only where the minimax error peaks: an even weight beside the iteration's. Which share of it serves best differs from filter to filter.
            bestPeak = double.PositiveInfinity;
            foreach (double even in RoundingWeights)
            {
                for (int p = 0; p < points; p++)
                {
                    squared[p] = (bestWeights[p] + (even / points)) * _importance[p] * _importance[p];
                }

                Factor(squared);
                double[] x = Solve(unit);
                double peak = Errors(x, errors);
                if (peak < bestPeak)
                {
                    bestPeak = peak;
                    best = x;
                }
            }
        }

        return best;
    }

    /// <summary>The weighted error at each frequency, and the largest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Errors(double[] x, double[] errors)
    {
        Array.Clear(_sums);
        Array.Clear(_differences);
        _sums[0] = _centerTap;
        for (int u = 0; u < x.Length; u++)
        {
            int distance = _indices[u] - _center;
            _sums[Math.Abs(distance)] += x[u];
            _differences[Math.Abs(distance)] += distance > 0 ? x[u] : -x[u];
        }

        double peak = 0;
        for (int p = 0; p < errors.Length; p++)
        {
            double re = Dot(_sums, _cosines[p]);
            double im = Dot(_differences, _sines[p]);
            errors[p] = Math.Sqrt((re * re) + (im * im)) * _importance[p];
            peak = Math.Max(peak, errors[p]);
        }

        return peak;
    }

    /// <summary>Normal equations and their Cholesky factor (a = UᵀU), the right-hand side carried as one more column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Factor(double[] weights)
    {
        Array.Clear(_moments);
        for (int p = 0; p < weights.Length; p++)
        {
            AddScaled(_moments, weights[p], _cosines[p]);
        }

        double[][] a = _normal;
        int n = a.Length;
        for (int i = 0; i < n; i++)
        {
            for (int j = i; j < n; j++)
            {
                a[i][j] = _moments[_indices[j] - _indices[i]];
            }

            a[i][i] += 1e-18;
            a[i][n] = -_centerTap * _moments[Math.Abs(_indices[i] - _center)];
        }

        for (int i = 0; i < n; i++)
        {
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
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double[] Solve(double unit)
    {
        double[][] a = _normal;
        int n = a.Length;
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

    /// <summary>Over the shorter of both; four sums, since each addition waits for the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Dot(double[] a, double[] b)
    {
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        int length = Math.Min(a.Length, b.Length);
        int i = 0;
        for (; i <= length - 4; i += 4)
        {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }

        for (; i < length; i++)
        {
            s0 += a[i] * b[i];
        }

        return s0 + s1 + (s2 + s3);
    }
}
