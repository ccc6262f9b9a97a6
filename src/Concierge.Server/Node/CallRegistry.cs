namespace Concierge.Server.Node;

/// <summary>The calls that run on this node: admits them up to a bound, refuses them once the node is stopping, and sees them out. Thread-safe.</summary>
/// <param name="maxCalls">Calls beyond this are refused.</param>
internal sealed class CallRegistry(int maxCalls)
{
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, object> _kept = new(StringComparer.Ordinal); // by call; the object tells one stay from the next
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _aborted = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isDraining;
    private bool _isOverloaded;
    private int _running;
    private long _admitted;

    /// <summary>Calls that run now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Calls admitted since the start.</summary>
    public long Admitted => Interlocked.Read(ref _admitted);

    public bool IsDraining => Volatile.Read(ref _isDraining);

    /// <summary>Whether the node is too late already to take more; set by whoever watches that.</summary>
    public bool IsOverloaded
    {
        get => Volatile.Read(ref _isOverloaded);
        set => Volatile.Write(ref _isOverloaded, value);
    }

    /// <summary>Whether another call would be admitted now.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate)
            {
                return !IsDraining && !IsOverloaded && _running + _kept.Count < maxCalls;
            }
        }
    }

    /// <summary>Cancelled when running calls are asked to end.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Cancelled when what still runs is cut off.</summary>
    public CancellationToken Aborted => _aborted.Token;

    /// <summary>Admits one call; the lease is disposed when it is over.</summary>
    /// <returns>Null when the node is full or stopping.</returns>
    public IDisposable? TryEnter()
    {
        lock (_gate)
        {
            // Whoever comes back to a kept place is not known yet; the place is given up when he is (Release).
            if (!HasRoom && (IsDraining || _kept.Count == 0 || _running >= maxCalls + _kept.Count))
            {
                return null;
            }

            _running++;
            _admitted++;
            return new Lease(this);
        }
    }

    /// <summary>Keeps the place of a call that leaves its stream to come back with another: no other call gets it meanwhile, and the node is not full for it.</summary>
    /// <param name="callSid">The call.</param>
    /// <param name="life">How long; a call that does not come back must not hold a place for good.</param>
    /// <param name="time">The clock.</param>
    public void Keep(string callSid, TimeSpan life, TimeProvider time)
    {
        object stay = new();
        lock (_gate)
        {
            _kept[callSid] = stay;
        }

        _ = ForgetAsync(callSid, stay, life, time);
    }

    /// <summary>Whether a place is kept for a call, and the node is not stopping.</summary>
    public bool IsKept(string callSid)
    {
        lock (_gate)
        {
            return !IsDraining && _kept.ContainsKey(callSid);
        }
    }

    /// <summary>The call is back in its place, or does not come back.</summary>
    public void Release(string callSid)
    {
        lock (_gate)
        {
            _kept.Remove(callSid);
        }
    }

    /// <summary>Refuses new calls from here on and asks the running ones to end.</summary>
    public void BeginDrain()
    {
        // Under the gate, so that a call is either admitted before this and asked to end, or refused.
        lock (_gate)
        {
            _isDraining = true;
            if (_running == 0)
            {
                _empty.TrySetResult();
            }
        }

        _draining.Cancel();
    }

    /// <summary>Waits for the last call after <see cref="BeginDrain"/>.</summary>
    /// <param name="patience">How long; what runs then is cut off.</param>
    /// <param name="time">The clock.</param>
    /// <param name="force">Cancelled when nobody wants to wait any longer.</param>
    /// <returns>Whether every call ended by itself.</returns>
    public async Task<bool> DrainAsync(TimeSpan patience, TimeProvider time, CancellationToken force)
    {
        BeginDrain();
        try
        {
            await _empty.Task.WaitAsync(patience, time, force);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Their connections are gone; what is left to them is their end record.
            await _aborted.CancelAsync();
            await Task.WhenAny(_empty.Task, Task.Delay(s_lastWords, time, CancellationToken.None));
            return false;
        }
    }

    private async Task ForgetAsync(string callSid, object stay, TimeSpan life, TimeProvider time)
    {
        await Task.Delay(life, time);
        lock (_gate)
        {
            if (_kept.GetValueOrDefault(callSid) == stay)
            {
                _kept.Remove(callSid);
            }
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_running == 0 && IsDraining)
            {
                _empty.TrySetResult();
            }
        }
    }

    private sealed class Lease(CallRegistry registry) : IDisposable
    {
        private CallRegistry? _registry = registry;

        public void Dispose() => Interlocked.Exchange(ref _registry, null)?.Leave();
    }
}
