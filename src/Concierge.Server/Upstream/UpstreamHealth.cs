using Concierge.Pipelines;
using Concierge.Server.Configuration;

namespace Concierge.Server.Upstream;

/// <summary>
/// The node's circuit breaker towards the Realtime API. After several failures, or one for good, nothing is dialled for a while and new calls are refused before they
/// cost anybody anything; then the node itself dials one session (the probe), and not a caller. Thread-safe.
/// </summary>
internal sealed class UpstreamHealth : IDisposable
{
    private readonly UpstreamHealthOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly Queue<long> _failures = new();
    private UpstreamState _state;
    private long _since;
    private TimeSpan _untilProbe;

    /// <param name="options">When to open and when to look again.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Told of each change, once.</param>
    public UpstreamHealth(UpstreamHealthOptions options, TimeProvider time, ILogger log)
    {
        _options = options;
        _time = time;
        _log = log;
    }

    /// <summary>Dials a session for nobody and drops it; throws <see cref="ModelConnectException"/> when it does not come about. Set before the first dial.</summary>
    public Func<CancellationToken, Task>? Probe { get; set; }

    /// <summary>What is believed now.</summary>
    public UpstreamState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>Whether new calls are taken.</summary>
    public bool TakesCalls => State == UpstreamState.Up;

    /// <summary>Times that the API refused this node for good: somebody has to do something about it.</summary>
    public int Alerts { get; private set; }

    /// <summary>Times that the API was taken for gone, refusals for good included.</summary>
    public int Openings { get; private set; }

    /// <summary>Until the next probe; zero while the API is up.</summary>
    public TimeSpan UntilProbe
    {
        get
        {
            lock (_gate)
            {
                TimeSpan left = _untilProbe - _time.GetElapsedTime(_since);
                return _state == UpstreamState.Up || left < TimeSpan.Zero ? TimeSpan.Zero : left;
            }
        }
    }

    /// <summary>A session came about.</summary>
    public void Succeeded()
    {
        lock (_gate)
        {
            _failures.Clear();
            if (_state == UpstreamState.Up)
            {
                return;
            }

            _state = UpstreamState.Up;
        }

        UpstreamLog.Up(_log);
    }

    /// <summary>A session did not come about, or one in use was refused for good.</summary>
    public void Failed(ModelConnectException failure)
    {
        bool fatal = failure.Reason is CallEndReason.ModelFatalError or CallEndReason.ModelFormatMismatch;
        lock (_gate)
        {
            if (_state == UpstreamState.Refused || (_state == UpstreamState.Down && !fatal))
            {
                return; // known; dials that were under way say nothing new
            }

            if (!fatal && !IsOneTooMany())
            {
                return;
            }

            _failures.Clear();
            bool probing = _state == UpstreamState.Down;
            _state = fatal ? UpstreamState.Refused : UpstreamState.Down;
            Openings++;
            Alerts += fatal ? 1 : 0;
            _untilProbe = fatal ? _options.LastProbe : Max(_options.FirstProbe, failure.RetryAfter);
            _since = _time.GetTimestamp();
            if (!probing)
            {
                _ = ProbeAsync(_stopped.Token);
            }
        }

        if (fatal)
        {
            UpstreamLog.Refused(_log, failure.Message);
        }
        else
        {
            UpstreamLog.Down(_log, failure.Message);
        }
    }

    public void Dispose() => _stopped.Cancel();

    private bool IsOneTooMany()
    {
        long now = _time.GetTimestamp();
        _failures.Enqueue(now);
        while (_time.GetElapsedTime(_failures.Peek(), now) > _options.Window)
        {
            _failures.Dequeue();
        }

        return _failures.Count >= _options.Failures;
    }

    private async Task ProbeAsync(CancellationToken stopped)
    {
        try
        {
            while (State != UpstreamState.Up)
            {
                await Task.Delay(UntilProbe, _time, stopped);
                if (UntilProbe > TimeSpan.Zero)
                {
                    continue; // put off meanwhile
                }

                try
                {
                    await (Probe?.Invoke(stopped) ?? Task.CompletedTask);
                    Succeeded();
                }
                catch (ModelConnectException failure)
                {
                    PutOff(failure);
                }
            }
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    private void PutOff(ModelConnectException failure)
    {
        lock (_gate)
        {
            TimeSpan next = _untilProbe * 2 < _options.LastProbe ? _untilProbe * 2 : _options.LastProbe;
            _untilProbe = Max(next, failure.RetryAfter);
            _since = _time.GetTimestamp();
            if (failure.Reason == CallEndReason.ModelFatalError && _state == UpstreamState.Down)
            {
                _state = UpstreamState.Refused;
                Alerts++;
            }
        }

        UpstreamLog.ProbeFailed(_log, failure.Message, UntilProbe.TotalSeconds);
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan? other) => other > one ? other.Value : one;
}
