namespace Concierge.Simulation.Load;

/// <summary>
/// Says whose frame is due when: 50 frames a second for each of many senders, their phases spread evenly over the 20 ms and never drifting. Knows no clock; times are nanoseconds.
/// </summary>
internal sealed class LoadPacer
{
    public const long Period = 20_000_000;

    private const double GoldenRatio = 0.618033988749895;

    private readonly (long Phase, int Sender)[] _ring;
    private readonly long _start;
    private int _next;
    private long _turn;

    /// <param name="senders">How many.</param>
    /// <param name="start">When the first period begins.</param>
    public LoadPacer(int senders, long start)
    {
        _start = start;
        _ring = new (long, int)[senders];
        for (int i = 0; i < senders; i++)
        {
            // Evenly spread for every count of senders that have begun, not only for all of them.
            _ring[i] = ((long)(i * GoldenRatio % 1 * Period), i);
        }

        Array.Sort(_ring);
    }

    /// <summary>When the next frame is due.</summary>
    public long NextDue => _start + (_turn * Period) + _ring[_next].Phase;

    /// <summary>Whose it is.</summary>
    public int NextSender => _ring[_next].Sender;

    /// <summary>Takes the next sender that is due by now.</summary>
    public bool TryTake(long now, out int sender, out long due)
    {
        due = NextDue;
        sender = _ring[_next].Sender;
        if (due > now)
        {
            return false;
        }

        if (++_next == _ring.Length)
        {
            _next = 0;
            _turn++;
        }

        return true;
    }
}
