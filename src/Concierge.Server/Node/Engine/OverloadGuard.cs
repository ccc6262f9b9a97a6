namespace Concierge.Server.Node.Engine;

/// <summary>Decides by how late the node's own loops are whether it takes new calls. Knows no clock and no loop: it is given a sample each <see cref="Interval"/>.</summary>
/// <remarks>
/// A node is full when its loops are busy most of the time (the calls that are being set up, and what runs beside the loops, need the rest), which is seen before anything is late, or when a round of a loop takes so long that its last socket waits longer than the
/// bound. It takes calls again only well below both, and after a while: what was refused comes back at once. Medians are judged, so that a pause of the collector, the compiler or the
/// system is none of it, and a node with hardly any calls is never full: whatever delays it, refusing calls would not help.
/// </remarks>
/// <param name="lateness">The bound; calls are taken again below half of it.</param>
internal sealed class OverloadGuard(TimeSpan lateness)
{
    /// <summary>Between two samples.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private const double FullShare = 0.75;
    private const double FreeShare = 0.65;
    private const int SamplesToFill = 5;
    private const int SamplesToFree = 20;
    private const int FewestCalls = 8;

    private readonly TimeSpan[] _latest = new TimeSpan[SamplesToFill];
    private readonly double[] _shares = new double[SamplesToFill];
    private int _samples;
    private int _calm;

    /// <summary>Whether new calls are to be refused.</summary>
    public bool IsOverloaded { get; private set; }

    /// <summary>The lateness that was judged last: the median of the latest samples.</summary>
    public TimeSpan Lateness { get; private set; }

    /// <summary>The share of the time that the busiest loop was busy, judged last.</summary>
    public double Share { get; private set; }

    /// <summary>Takes a sample.</summary>
    /// <param name="longest">The longest that a socket waited for its turn since the last sample.</param>
    /// <param name="share">Of the busiest loop's time, how much it was busy: 0 to 1.</param>
    /// <param name="calls">Calls that run.</param>
    /// <returns>Whether the verdict changed.</returns>
    public bool Sample(TimeSpan longest, double share, int calls)
    {
        _latest[_samples % SamplesToFill] = longest;
        _shares[_samples % SamplesToFill] = share;
        _samples++;
        int count = Math.Min(_samples, SamplesToFill);
        Lateness = Median<TimeSpan>(_latest, count);
        Share = Median<double>(_shares, count);
        if (!IsOverloaded)
        {
            IsOverloaded = calls >= FewestCalls && count == SamplesToFill && (Lateness > lateness || Share > FullShare);
            _calm = 0;
            return IsOverloaded;
        }

        _calm = calls < FewestCalls || (Lateness < lateness / 2 && Share < FreeShare) ? _calm + 1 : 0;
        IsOverloaded = _calm < SamplesToFree;
        return !IsOverloaded;
    }

    private static T Median<T>(ReadOnlySpan<T> values, int count)
        where T : unmanaged
    {
        Span<T> sorted = stackalloc T[SamplesToFill];
        sorted = sorted[..count];
        values[..count].CopyTo(sorted);
        sorted.Sort();
        return sorted[(count - 1) / 2];
    }
}
