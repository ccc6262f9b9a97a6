using Concierge.Server.Configuration;
using Concierge.Server.Node.Engine;
using Concierge.WebSockets;

namespace Concierge.Server.Node;

/// <summary>Samples the loops ten times a second and tells the registry whether there is room. On the platform's engine its own timer's delay stands in for the loops'.</summary>
internal sealed class OverloadWatch : IDisposable
{
    private readonly OverloadGuard _guard;
    private readonly NodeLoops? _loops;
    private readonly CallRegistry _calls;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly TimeSpan[] _busy;
    private readonly ITimer _timer;
    private long _last;

    public OverloadWatch(NodeOptions options, NodeLoops? loops, CallRegistry calls, TimeProvider time, ILogger<OverloadWatch> log)
    {
        _guard = new OverloadGuard(options.MaxLateness);
        _loops = loops;
        _calls = calls;
        _time = time;
        _log = log;
        _busy = new TimeSpan[loops?.All.Count ?? 0];
        _last = time.GetTimestamp();
        TimeSpan interval = options.MaxLateness > TimeSpan.Zero ? OverloadGuard.Interval : Timeout.InfiniteTimeSpan;
        _timer = time.CreateTimer(static watch => ((OverloadWatch)watch!).Sample(), this, interval, interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Sample()
    {
        if (!Monitor.TryEnter(_timer))
        {
            return; // the one before is still at it
        }

        try
        {
            TimeSpan passed = _time.GetElapsedTime(_last);
            _last = _time.GetTimestamp();
            TimeSpan longest = TimeSpan.Zero;
            double share = 0;
            for (int i = 0; i < _busy.Length; i++)
            {
                EventLoopUsage usage = _loops!.All[i].TakeUsage();
                longest = usage.LongestRound > longest ? usage.LongestRound : longest;
                share = Math.Max(share, (usage.Busy - _busy[i]) / passed);
                _busy[i] = usage.Busy;
            }

            if (_loops is null)
            {
                longest = passed > OverloadGuard.Interval ? passed - OverloadGuard.Interval : TimeSpan.Zero;
            }

            if (_guard.Sample(longest, share, _calls.Running))
            {
                _calls.IsOverloaded = _guard.IsOverloaded;
                Tell();
            }
        }
        finally
        {
            Monitor.Exit(_timer);
        }
    }

    private void Tell()
    {
        double milliseconds = _guard.Lateness.TotalMilliseconds;
        if (_guard.IsOverloaded)
        {
            NodeLog.Overloaded(_log, _calls.Running, milliseconds, _guard.Share * 100);
        }
        else
        {
            NodeLog.Relieved(_log, _calls.Running, milliseconds, _guard.Share * 100);
        }
    }
}
