namespace Concierge.Audio.Tests;

/// <summary>
/// Finds the taps that <see cref="TripleTaps"/> holds: integers of two step sizes, coarse for the loudest taps and fine for the others, with the least peak of <see cref="NyquistDesigner"/>'s
/// weighted stop-band error.
/// </summary>
/// <remarks>
/// <para>1. Lawson's iteration gives the weights by which least squares without rounding are the minimax fit. 2. With some even weight added, the integers nearest by that quadratic form are looked
/// for tap by tap, the coarse ones first, each choice keeping the <see cref="Beam"/> nearest beginnings (the nearest plane is a beam of one): each tap makes good what rounding those before it
/// left. 3. What has the least peak among those is bettered by steps of one and two taps until none helps. 4. Again with other weights and orders, and the best of all is kept.</para>
/// <para>Deterministic for a seed on one runtime and processor; elsewhere the last bit of a sine may send it another way.</para>
/// </remarks>
internal sealed class TapSearch
{
    private const int Iterations = 40; // of Lawson's
    private const int Beam = 100;
    private const int Bettered = 8;
    private const int Center = TripleTaps.Ratio * TripleTaps.Half;

    private readonly Random _random;
    private readonly int[] _indices = [.. Enumerable.Range(1, (TripleTaps.Ratio * TripleTaps.TapsPerPhase) - 1).Where(k => k % TripleTaps.Ratio != 0)];
    private readonly int[] _coarse;
    private readonly int[] _fine;
    private readonly double[] _steps; // of each tap, in terms of the phases: the copy's tap is 1
    private readonly double[] _importance;
    private readonly double[][] _re; // what each tap adds to the weighted error at each frequency
    private readonly double[][] _im;
    private readonly double[][] _cosines; // by distance in taps, of each frequency, weighted twice: for the normal equations

    public TapSearch(int seed)
    {
        _random = new Random(seed);
        int[] all = [.. Enumerable.Range(0, _indices.Length)];
        _coarse = [.. all.Where(u => _indices[u] / TripleTaps.Ratio is >= TripleTaps.FirstCoarse and <= TripleTaps.LastCoarse)];
        _fine = [.. all.Except(_coarse)];
        _steps = [.. all.Select(u => 1.0 / (1 << (FirPlan.FractionBits + (_coarse.Contains(u) ? 0 : TripleTaps.LowerBits))))];
        (double[] frequencies, _importance) = NyquistDesigner.Grid(TripleTaps.Ratio, TripleTaps.Half, PolyphaseFilter.Rolloff);
        _re = [.. _indices.Select(k => frequencies.Zip(_importance, (w, weight) => weight * Math.Cos(w * (k - Center))).ToArray())];
        _im = [.. _indices.Select(k => frequencies.Zip(_importance, (w, weight) => -weight * Math.Sin(w * (k - Center))).ToArray())];
        _cosines = [.. Enumerable.Range(0, TripleTaps.Ratio * TripleTaps.TapsPerPhase).Select(d => frequencies.Zip(_importance, (w, weight) => weight * weight * Math.Cos(w * d)).ToArray())];
    }

    /// <summary>Searches so many times and gives the best: each phase's taps, the newest sample's first, times 2^17.</summary>
    /// <param name="restarts">Weights and orders to try.</param>
    /// <param name="progress">Told each time a better one is found: of which restart, and its weighted rejection in dB.</param>
    public (int[] Phase1, int[] Phase2) Run(int restarts, Action<int, double> progress)
    {
        double[] minimax = MinimaxWeights();
        double[] best = [];
        double least = double.PositiveInfinity;
        for (int restart = 0; restart < restarts; restart++)
        {
            double even = 0.4 * Math.Pow(10, _random.NextDouble()) / minimax.Length;
            double[] weights = [.. minimax.Select(weight => weight + even)];
            foreach (double[] taps in Nearest(weights, Order()).OrderBy(Peak).Take(Bettered))
            {
                double peak = Better(taps);
                if (peak < least)
                {
                    (least, best) = (peak, taps);
                    progress(restart, -20 * Math.Log10(peak / TripleTaps.Ratio));
                }
            }
        }

        int[] whole = [.. best.Select(tap => (int)Math.Round(tap * (1 << (FirPlan.FractionBits + TripleTaps.LowerBits))))];
        return (Phase(1), Phase(2));

        int[] Phase(int phase) => [.. whole.Where((_, u) => _indices[u] % TripleTaps.Ratio == phase)];
    }

    /// <summary>The order in which taps are chosen, the last first: the coarse ones, then the fine; each upwards or downwards, a few neighbours swapped.</summary>
    private int[] Order()
    {
        int[] coarse = [.. _coarse];
        int[] fine = [.. _fine];
        for (int swap = 0; swap < 20; swap++)
        {
            Swap(fine);
            Swap(coarse);
        }

        return _random.Next(2) == 0 ? [.. fine, .. coarse] : [.. fine.Reverse(), .. coarse.Reverse()];

        void Swap(int[] taps)
        {
            int at = _random.Next(taps.Length - 1);
            (taps[at], taps[at + 1]) = (taps[at + 1], taps[at]);
        }
    }

    private double[] MinimaxWeights()
    {
        int points = _importance.Length;
        int[] order = [.. Enumerable.Range(0, _indices.Length)];
        var weights = new double[points];
        Array.Fill(weights, 1.0 / points);
        double[] best = weights;
        double least = double.PositiveInfinity;
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            double[][] a = Factor(weights, order);
            var taps = new double[order.Length];
            for (int i = order.Length - 1; i >= 0; i--)
            {
                taps[i] = Exact(a, i, order, taps);
            }

            (double[] re, double[] im) = Errors(taps);
            double[] errors = [.. re.Zip(im, double.Hypot)];
            if (errors.Max() < least)
            {
                (least, best) = (errors.Max(), weights);
            }

            double sum = weights.Zip(errors, (weight, error) => weight * error).Sum();
            weights = [.. weights.Zip(errors, (weight, error) => Math.Max(weight * error / sum, 1e-14))];
        }

        return best;
    }

    /// <summary>Normal equations, taps in the given order, and their Cholesky factor; the right-hand side is the last column.</summary>
    private double[][] Factor(double[] weights, int[] order)
    {
        int n = order.Length;
        double[] moments = [.. _cosines.Select(cosine => cosine.Zip(weights, (c, weight) => c * weight).Sum())];
        var a = new double[n][];
        for (int i = 0; i < n; i++)
        {
            a[i] = new double[n + 1];
            for (int j = i; j < n; j++)
            {
                a[i][j] = moments[Math.Abs(_indices[order[i]] - _indices[order[j]])];
            }

            a[i][i] += 1e-16;
            a[i][n] = -moments[Math.Abs(_indices[order[i]] - Center)];
        }

        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < i; k++)
            {
                double factor = a[k][i];
                for (int j = i; j <= n; j++)
                {
                    a[i][j] -= factor * a[k][j];
                }
            }

            double root = Math.Sqrt(Math.Max(a[i][i], 1e-30));
            for (int j = i; j <= n; j++)
            {
                a[i][j] /= root;
            }
        }

        return a;
    }

    /// <summary>What the i-th tap of the order should be, those behind it being chosen.</summary>
    private static double Exact(double[][] a, int i, int[] order, double[] taps)
    {
        double value = a[i][order.Length];
        for (int j = i + 1; j < order.Length; j++)
        {
            value -= a[i][j] * taps[order[j]];
        }

        return value / a[i][i];
    }

    private List<double[]> Nearest(double[] weights, int[] order)
    {
        double[][] a = Factor(weights, order);
        List<(double Distance, double[] Taps)> beam = [(0, new double[order.Length])];
        for (int i = order.Length - 1; i >= 0; i--)
        {
            double step = _steps[order[i]];
            var choices = new List<(double Distance, double[] Before, double Tap)>();
            foreach ((double distance, double[] taps) in beam)
            {
                double exact = Exact(a, i, order, taps);
                double below = Math.Floor(exact / step);
                for (int off = -1; off <= 2; off++)
                {
                    double tap = (below + off) * step;
                    choices.Add((distance + Math.Pow((exact - tap) * a[i][i], 2), taps, tap));
                }
            }

            beam = [.. choices.OrderBy(choice => choice.Distance).Take(Beam).Select(choice =>
            {
                double[] taps = [.. choice.Before];
                taps[order[i]] = choice.Tap;
                return (choice.Distance, taps);
            })];
        }

        return [.. beam.Select(end => end.Taps)];
    }

    /// <summary>Steps by one or two taps at a time, always the one that lowers the peak most, until none does; gives the peak.</summary>
    private double Better(double[] taps)
    {
        (double[] re, double[] im) = Errors(taps);
        double[] squares = [.. re.Zip(im, (r, i) => (r * r) + (i * i))];
        int[] loudest = [.. Enumerable.Range(0, squares.Length)];
        while (true)
        {
            // The loudest frequencies first: most steps fail at one of them.
            Array.Sort([.. squares.Select(square => -square)], loudest);
            double least = squares.Max();
            (int First, double By, int Second, double And) best = (-1, 0, -1, 0);
            for (int u = 0; u < taps.Length; u++)
            {
                foreach (double by in (double[])[_steps[u], -_steps[u]])
                {
                    Try(u, by, u, 0);
                    for (int v = u + 1; v < taps.Length; v++)
                    {
                        Try(u, by, v, _steps[v]);
                        Try(u, by, v, -_steps[v]);
                    }
                }
            }

            if (best.First < 0)
            {
                return Math.Sqrt(least);
            }

            taps[best.First] += best.By;
            taps[best.Second] += best.And;
            (re, im) = Errors(taps);
            squares = [.. re.Zip(im, (r, i) => (r * r) + (i * i))];
            loudest = [.. Enumerable.Range(0, squares.Length)];

            void Try(int u, double by, int v, double and)
            {
                double peak = 0;
                foreach (int p in loudest)
                {
                    double r = re[p] + (by * _re[u][p]) + (and * _re[v][p]);
                    double i = im[p] + (by * _im[u][p]) + (and * _im[v][p]);
                    peak = Math.Max(peak, (r * r) + (i * i));
                    if (peak >= least)
                    {
                        return;
                    }
                }

                (least, best) = (peak, (u, by, v, and));
            }
        }
    }

    private double Peak(double[] taps)
    {
        (double[] re, double[] im) = Errors(taps);
        return re.Zip(im, double.Hypot).Max();
    }

    private (double[] Re, double[] Im) Errors(double[] taps)
    {
        double[] re = [.. _importance];
        var im = new double[re.Length];
        for (int u = 0; u < taps.Length; u++)
        {
            for (int p = 0; p < re.Length; p++)
            {
                re[p] += taps[u] * _re[u][p];
                im[p] += taps[u] * _im[u][p];
            }
        }

        return (re, im);
    }
}
