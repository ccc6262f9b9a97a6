using System.Threading.Tasks.Sources;

namespace Concierge.WebSockets;

/// <summary>One caller of <see cref="WebSocketWriter.DrainAsync"/> that had to wait; reused by its writer, so that waiting allocates nothing in steady state.</summary>
internal sealed class DrainWaiter(WebSocketWriter owner) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellation;

    /// <summary>What must have been handed over: frames accepted so far, by lane.</summary>
    public long Control;

    /// <inheritdoc cref="Control"/>
    public long Media;

    /// <summary>The next in the writer's list, owned by the writer's lock.</summary>
    public DrainWaiter? Next;

    public ValueTask Task => new(this, _core.Version);

    public void Prepare(long control, long media)
    {
        _core.Reset();
        Control = control;
        Media = media;
        Next = null;
    }

    /// <summary>After the waiter is in the list, outside the lock: a token that is already cancelled calls back at once.</summary>
    public void Watch(CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _registration = cancellation.UnsafeRegister(static state => ((DrainWaiter)state!).Cancel(), this);
    }

    /// <summary>Outside the writer's lock: runs the caller's continuation.</summary>
    public void Complete() => _core.SetResult(true);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    public void GetResult(short token)
    {
        // Waits for a running cancellation callback, so that it cannot meet the waiter's next life.
        _registration.Dispose();
        _registration = default;
        _cancellation = default;
        try
        {
            _core.GetResult(token);
        }
        finally
        {
            owner.Recycle(this);
        }
    }

    private void Cancel()
    {
        if (owner.Forget(this))
        {
            _core.SetException(new OperationCanceledException(_cancellation));
        }
    }
}
