namespace Concierge.Simulation.Time;

/// <summary>
/// A single-threaded run queue with a clock of its own: time stands still while anything is ready to run, and jumps to the next timer
/// when nothing is. A call of three minutes passes in milliseconds, in the same order every time.
/// </summary>
/// <remarks>
/// <para>Everything that waits must wait through <see cref="TimeProvider"/>, and awaits must come back to the captured context
/// (no <c>ConfigureAwait(false)</c>): then one thread, the caller of <see cref="Run{T}"/>, runs it all, and the interleaving is a function of the input.
/// Library code that leaves the context does harm here: <c>ChannelReader.ReadAllAsync</c>, <c>PipeReader.AsStream</c>, <c>SemaphoreSlim.WaitAsync</c> and
/// <c>CancellationTokenSource.CancelAsync</c> finish on the thread pool while the clock may already move on. Write
/// <c>while (await reader.WaitToReadAsync()) while (reader.TryRead(out var x))</c> instead of the first; <see cref="OutsidePosts"/> tells whether anything leaked.</para>
/// <para>Order: posted work runs first in, first out. With the queue empty, the timer with the earliest due time fires (among equals the one that was set
/// first), and the queue is emptied again before the next timer, even when that one is due at the same instant.</para>
/// <para>Concurrency: <see cref="Post"/> and the timers may be used from any thread; work from outside arrives in no defined order and is the
/// only source of nondeterminism. Use <see cref="HoldTime"/> around such work so that the clock waits for it.</para>
/// </remarks>
public sealed class VirtualTimeLoop : SynchronizationContext
{
    private readonly object _gate = new();
    private readonly Queue<WorkItem> _ready = new(256);
    private readonly PriorityQueue<TimerEntry, (long Due, long Sequence)> _timers = new();
    private readonly VirtualTimeProvider _timeProvider;
    private readonly VirtualTimeLoopOptions _options;
    private long _now;          // 100 ns ticks since the loop was made
    private long _sequence;     // of timer settings: breaks ties between equal due times
    private int _outstanding;   // OperationStarted minus OperationCompleted
    private int _held;          // open HoldTime scopes
    private int _ownerThread;   // managed id of the thread inside Run, or 0

    /// <summary>Creates a loop whose clock stands at <see cref="VirtualTimeLoopOptions.StartTime"/>.</summary>
    /// <param name="options">Start time, limits; null for the defaults.</param>
    public VirtualTimeLoop(VirtualTimeLoopOptions? options = null)
    {
        _options = options ?? new VirtualTimeLoopOptions();
        _timeProvider = new VirtualTimeProvider(this, _options.StartTime);
    }

    /// <summary>The loop's clock; give it to everything that waits.</summary>
    public VirtualTimeProvider TimeProvider => _timeProvider;

    /// <summary>Virtual time since the loop was made.</summary>
    public TimeSpan Elapsed => new(Volatile.Read(ref _now));

    /// <summary>Timers that fired so far: a measure of the work of a run, and with <see cref="WorkItemsRun"/> a cheap fingerprint of its interleaving.</summary>
    public long TimersFired { get; private set; }

    /// <summary>Continuations and callbacks run so far.</summary>
    public long WorkItemsRun { get; private set; }

    /// <summary>
    /// Work that came from a thread other than the one inside <see cref="Run{T}"/>. A run is reproducible when this stays 0 (or all of it came under
    /// <see cref="HoldTime"/>); assert that where determinism matters.
    /// </summary>
    public long OutsidePosts { get; private set; }

    internal long NowTicks => Volatile.Read(ref _now);

    /// <summary>Runs <paramref name="main"/> on this thread until its task completes, and returns its result.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="main">The first thing to run on the loop.</param>
    /// <returns>The result of the task.</returns>
    /// <exception cref="VirtualTimeDeadlockException">Nothing is ready, no timer is pending, and nothing came from outside within
    /// <see cref="VirtualTimeLoopOptions.OutsideWorkTimeout"/>.</exception>
    /// <exception cref="InvalidOperationException">The loop already runs, or virtual time passed <see cref="VirtualTimeLoopOptions.TimeLimit"/>.</exception>
    /// <remarks>An exception of the task is thrown as it was; an exception that escapes a posted callback or a timer ends the run and is thrown too.
    /// What still waits when the task completes stays parked; a later call of this method goes on with it, and the clock with it.</remarks>
    public T Run<T>(Func<Task<T>> main)
    {
        ArgumentNullException.ThrowIfNull(main);
        Task<T> task = RunCore(main);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Runs <paramref name="main"/> on this thread until its task completes.</summary>
    /// <param name="main">The first thing to run on the loop.</param>
    /// <inheritdoc cref="Run{T}" path="/exception"/>
    public void Run(Func<Task> main)
    {
        ArgumentNullException.ThrowIfNull(main);
        RunCore(main).GetAwaiter().GetResult();
    }

    /// <summary>Keeps the clock from advancing while work that the loop cannot see (another thread, a socket) is under way.</summary>
    /// <returns>Dispose it, on any thread, when the work's results have been posted.</returns>
    public IDisposable HoldTime()
    {
        lock (_gate)
        {
            _held++;
        }

        return new Hold(this);
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        Enqueue(new WorkItem(d, state));
    }

    /// <summary>Runs the callback at once when called on the loop's thread.</summary>
    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Called from another thread: blocking it until virtual time gets there would hide a deadlock.</exception>
    public override void Send(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        if (Environment.CurrentManagedThreadId != _ownerThread)
        {
            throw new NotSupportedException("Send from a thread outside the virtual time loop: use Post.");
        }

        d(state);
    }

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <inheritdoc/>
    public override void OperationStarted()
    {
        lock (_gate)
        {
            _outstanding++;
        }
    }

    /// <inheritdoc/>
    public override void OperationCompleted()
    {
        lock (_gate)
        {
            _outstanding--;
            Monitor.PulseAll(_gate);
        }
    }

    internal void Enqueue(WorkItem item)
    {
        lock (_gate)
        {
            if (Environment.CurrentManagedThreadId != _ownerThread && _ownerThread != 0)
            {
                OutsidePosts++;
            }

            _ready.Enqueue(item);
            if (_ready.Count == 1)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    internal void Schedule(VirtualTimer timer, long version, TimeSpan delay)
    {
        lock (_gate)
        {
            long due = checked(_now + Math.Max(0, delay.Ticks));
            _timers.Enqueue(new TimerEntry(timer, version), (due, _sequence++));
            Monitor.PulseAll(_gate);
        }
    }

    private TTask RunCore<TTask>(Func<TTask> main)
        where TTask : Task
    {
        if (Interlocked.CompareExchange(ref _ownerThread, Environment.CurrentManagedThreadId, 0) != 0)
        {
            throw new InvalidOperationException("The virtual time loop is already running.");
        }

        SynchronizationContext? previous = Current;
        SetSynchronizationContext(this);
        try
        {
            TTask task = main() ?? throw new InvalidOperationException("The main function returned no task.");
            if (!task.IsCompleted)
            {
                // Wakes the loop should the task be completed by another thread without posting here.
                task.ContinueWith(static (_, loop) => ((VirtualTimeLoop)loop!).Enqueue(WorkItem.Nothing), this, CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                while (!task.IsCompleted)
                {
                    RunNext();
                }
            }

            return task;
        }
        finally
        {
            SetSynchronizationContext(previous);
            Volatile.Write(ref _ownerThread, 0);
        }
    }

    private void RunNext()
    {
        WorkItem item = default;
        TimerEntry timer = default;
        bool isTimer = false;
        lock (_gate)
        {
            while (!_ready.TryDequeue(out item))
            {
                if (_held == 0 && TryTakeTimer(out timer))
                {
                    isTimer = true;
                    break;
                }

                WaitForOutsideWork();
            }
        }

        if (isTimer)
        {
            TimersFired++;
            timer.Timer.Fire(timer.Version);
        }
        else
        {
            WorkItemsRun++;
            item.Run();
        }
    }

    // Under _gate. Skips settings that a later Change or Dispose made void.
    private bool TryTakeTimer(out TimerEntry entry)
    {
        while (_timers.TryDequeue(out entry, out (long Due, long Sequence) key))
        {
            if (!entry.Timer.IsCurrent(entry.Version))
            {
                continue;
            }

            if (key.Due > _options.TimeLimit.Ticks)
            {
                throw new InvalidOperationException(
                    $"Virtual time would pass its limit of {_options.TimeLimit}: something waits for ever while a timer keeps ticking.");
            }

            Volatile.Write(ref _now, Math.Max(_now, key.Due));
            return true;
        }

        return false;
    }

    // Under _gate, which Monitor.Wait gives up while it waits.
    private void WaitForOutsideWork()
    {
        int outstanding = _outstanding;
        if (Monitor.Wait(_gate, _options.OutsideWorkTimeout))
        {
            return;
        }

        throw new VirtualTimeDeadlockException(
            $"deadlock: every loop is parked and no timer is pending at virtual time {Elapsed} "
            + $"(waited {_options.OutsideWorkTimeout.TotalSeconds:0.###} s of real time for work from outside; "
            + $"{outstanding} operations started and not completed, {_held} holds on the clock).");
    }

    private void Release()
    {
        lock (_gate)
        {
            _held--;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>One ready callback: either a posted one or, allocation-free, a pipe's continuation.</summary>
    internal readonly struct WorkItem
    {
        private readonly object? _callback;
        private readonly object? _state;

        public WorkItem(SendOrPostCallback callback, object? state)
        {
            _callback = callback;
            _state = state;
        }

        public WorkItem(Action<object?> callback, object? state)
        {
            _callback = callback;
            _state = state;
        }

        public static WorkItem Nothing => default;

        public void Run()
        {
            if (_callback is SendOrPostCallback posted)
            {
                posted(_state);
            }
            else if (_callback is Action<object?> scheduled)
            {
                scheduled(_state);
            }
        }
    }

    private readonly record struct TimerEntry(VirtualTimer Timer, long Version);

    private sealed class Hold(VirtualTimeLoop loop) : IDisposable
    {
        private VirtualTimeLoop? _loop = loop;

        public void Dispose() => Interlocked.Exchange(ref _loop, null)?.Release();
    }
}
