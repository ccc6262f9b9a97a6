namespace Concierge.Pipelines;

/// <summary>
/// The node's one coarse clock for everything that waits on a call in seconds: half-open connections, silence, idle callers, keys pressed. One timer however
/// many calls there are; it stands still while there are none. Thread-safe.
/// </summary>
public sealed class CallWheel
{
    /// <summary>The interval unless another is given: 100 ms.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromMilliseconds(100);

    private const int EntriesPerSlice = 32; // some 40 microseconds

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private volatile IWheelEntry[] _entries = []; // replaced whole: a turn walks what it found
    private ITimer? _timer;
    private int _turning;

    /// <summary>Makes a wheel that stands still until a call joins it.</summary>
    /// <param name="time">The source of time; must be that of the calls.</param>
    /// <param name="interval">Between turns, at least 10 ms; null for <see cref="DefaultInterval"/>.</param>
    public CallWheel(TimeProvider time, TimeSpan? interval = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _interval = interval ?? DefaultInterval;
        ArgumentOutOfRangeException.ThrowIfLessThan(_interval, TimeSpan.FromMilliseconds(10));
    }

    /// <summary>Calls on the wheel.</summary>
    public int Count => _entries.Length;

    /// <summary>Joins; from the next turn on the entry is ticked until it leaves.</summary>
    internal void Add(IWheelEntry entry)
    {
        lock (_gate)
        {
            _entries = [.. _entries, entry];
            _timer ??= _time.CreateTimer(static state => ((CallWheel)state!).Turn(), this, _interval, _interval);
        }
    }

    /// <summary>Leaves; a turn under way may still tick it once.</summary>
    internal void Remove(IWheelEntry entry)
    {
        lock (_gate)
        {
            int at = Array.IndexOf(_entries, entry);
            if (at >= 0)
            {
                _entries = [.. _entries.AsSpan(0, at), .. _entries.AsSpan(at + 1)];
            }

            if (_entries.Length == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }
    }

    private void Turn()
    {
        // A turn that takes longer than the interval is not joined by a second one.
        if (Interlocked.Exchange(ref _turning, 1) != 0)
        {
            return;
        }

        try
        {
            IWheelEntry[] entries = _entries;
            for (int i = 0; i < entries.Length; i++)
            {
                entries[i].Tick();
                if (i % EntriesPerSlice == EntriesPerSlice - 1)
                {
                    // On a node with one core the frames of running calls wait for this one: they go first.
                    Thread.Yield();
                }
            }
        }
        finally
        {
            Volatile.Write(ref _turning, 0);
        }
    }
}
