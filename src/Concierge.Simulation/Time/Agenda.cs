namespace Concierge.Simulation.Time;

/// <summary>
/// Things to do later, for one connection: a small heap of actions behind a single timer. Actions run one after another under the connection's lock, so a
/// twin is plain sequential code whether a virtual clock or the thread pool drives it.
/// </summary>
internal sealed class Agenda : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Lock _gate;
    private readonly Action _afterRun;
    private readonly Action<Exception> _failed;
    private readonly PriorityQueue<Action, (long Due, long Sequence)> _actions = new();
    private readonly ITimer _timer;
    private readonly long _start;
    private long _sequence;
    private bool _disposed;

    /// <summary>Creates an agenda whose clock begins now.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="gate">Held while actions run, and by whoever calls <see cref="At"/>.</param>
    /// <param name="afterRun">Called without the lock after actions ran: a flush.</param>
    /// <param name="failed">Called without the lock with an exception that an action threw.</param>
    public Agenda(TimeProvider time, Lock gate, Action afterRun, Action<Exception> failed)
    {
        _time = time;
        _gate = gate;
        _afterRun = afterRun;
        _failed = failed;
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((Agenda)state!).Run(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Time since the agenda was made.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Runs an action at a time of this clock; at once-but-later when that has passed. Call it under the lock.</summary>
    public void At(TimeSpan due, Action action)
    {
        if (_disposed)
        {
            return;
        }

        bool first = !_actions.TryPeek(out _, out (long Due, long Sequence) next) || due.Ticks < next.Due;
        _actions.Enqueue(action, (due.Ticks, _sequence++));
        if (first)
        {
            Arm();
        }
    }

    /// <summary>Runs an action after a while. Call it under the lock.</summary>
    public void After(TimeSpan delay, Action action) => At(Now + delay, action);

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _actions.Clear();
        }

        _timer.Dispose();
    }

    private void Run()
    {
        try
        {
            lock (_gate)
            {
                while (!_disposed && _actions.TryPeek(out Action? action, out (long Due, long Sequence) next) && next.Due <= Now.Ticks)
                {
                    _actions.Dequeue();
                    action();
                }

                if (!_disposed && _actions.Count > 0)
                {
                    Arm();
                }
            }

            _afterRun();
        }
        catch (Exception e)
        {
            // A timer's callback has no caller: the connection takes the exception as its end.
            _failed(e);
        }
    }

    // System timers count whole milliseconds and cut the rest off: round up, or the callback spins before its time.
    private void Arm()
    {
        _actions.TryPeek(out _, out (long Due, long Sequence) next);
        double milliseconds = Math.Ceiling((next.Due - Now.Ticks) / (double)TimeSpan.TicksPerMillisecond);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, milliseconds)), Timeout.InfiniteTimeSpan);
    }
}
