using System.Text;

namespace Concierge.Server.Demo;

/// <summary>One voice's level over the last while, a cell per fifth of a second, drawn with block characters.</summary>
internal sealed class LevelStrip
{
    /// <summary>The time one cell stands for.</summary>
    public static readonly TimeSpan Cell = TimeSpan.FromMilliseconds(200);

    private const int Capacity = 512;
    private const double FloorDecibels = -54;
    private const string Blocks = " ▁▂▃▄▅▆▇█";

    private readonly double[] _decibels = new double[Capacity];
    private long _newest = -1;

    /// <summary>Takes a level.</summary>
    /// <param name="at">When in the call; never earlier than the cell of the last one.</param>
    /// <param name="decibels">dBFS; anything below the floor is silence.</param>
    public void Add(TimeSpan at, double decibels)
    {
        long cell = Math.Max(at / Cell >= 0 ? (long)(at / Cell) : 0, Math.Max(0, _newest));
        for (long i = Math.Max(_newest + 1, cell - Capacity + 1); i <= cell; i++)
        {
            _decibels[i % Capacity] = double.NegativeInfinity;
        }

        _newest = cell;
        _decibels[cell % Capacity] = Math.Max(_decibels[cell % Capacity], decibels);
    }

    /// <summary>The last cells up to a point in time, the newest at the right.</summary>
    public string Draw(TimeSpan until, int width)
    {
        long last = Math.Max(0, (long)(until / Cell));
        StringBuilder text = new(width);
        for (long cell = last - width + 1; cell <= last; cell++)
        {
            bool known = cell >= 0 && cell <= _newest && cell > _newest - Capacity;
            text.Append(Blocks[known ? Height(_decibels[cell % Capacity]) : 0]);
        }

        return text.ToString();
    }

    /// <summary>0 for silence to 8 for full scale.</summary>
    private static int Height(double decibels) =>
        double.IsNaN(decibels) || decibels <= FloorDecibels ? 0 : Math.Clamp((int)Math.Ceiling(8 * (decibels - FloorDecibels) / -FloorDecibels), 1, 8);
}
