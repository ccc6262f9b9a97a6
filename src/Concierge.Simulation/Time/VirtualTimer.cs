namespace Concierge.Simulation.Time;

/// <summary>One timer of a <see cref="VirtualTimeLoop"/>. Each setting has a version; the loop forgets settings whose version is not the latest.</summary>
internal sealed class VirtualTimer : ITimer
{
    private static readonly ContextCallback s_invoke = static state =>
    {
        var timer = (VirtualTimer)state!;
        timer._callback(timer._state);
    };

    private readonly VirtualTimeLoop _loop;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private long _version;
    private TimeSpan _period = Timeout.InfiniteTimeSpan;
    private bool _disposed;

    public VirtualTimer(VirtualTimeLoop loop, TimerCallback callback, object? state)
    {
        _loop = loop;
        _callback = callback;
        _state = state;
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ValidateInterval(dueTime, nameof(dueTime));
        ValidateInterval(period, nameof(period));
        if (_disposed)
        {
            return false;
        }

        long version = Interlocked.Increment(ref _version);
        _period = period;
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            _loop.Schedule(this, version, dueTime);
        }

        return true;
    }

    public void Dispose()
    {
        _disposed = true;
        Interlocked.Increment(ref _version);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal bool IsCurrent(long version) => Volatile.Read(ref _version) == version;

    /// <summary>Runs the callback; a periodic timer is due again one period after this instant, whatever the callback does to the clock.</summary>
    internal void Fire(long version)
    {
        if (!IsCurrent(version))
        {
            return;
        }

        // A period of zero means "once", as for System.Threading.Timer.
        if (_period > TimeSpan.Zero)
        {
            _loop.Schedule(this, version, _period);
        }

        if (_context is null)
        {
            _callback(_state);
        }
        else
        {
            ExecutionContext.Run(_context, s_invoke, this);
        }
    }

    private static void ValidateInterval(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, value, "An interval is zero, positive or infinite.");
        }
    }
}
