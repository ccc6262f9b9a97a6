namespace Concierge.Pipelines;

/// <summary>The one place where a call's end is decided: the first cause wins, whoever comes with it.</summary>
internal sealed class CallEnding
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reason;
    private volatile bool _handingOver;

    public CallEnding() => Completion = EndedAsync();

    /// <summary>Whether the carrier is handing the call over: the stream's stop is then no hang-up.</summary>
    public bool IsHandingOver
    {
        get => _handingOver;
        set => _handingOver = value;
    }

    /// <summary>The reason, or <see cref="CallEndReason.None"/> while the call is up.</summary>
    public CallEndReason Reason => (CallEndReason)Volatile.Read(ref _reason);

    /// <summary>What went wrong in words, from whoever ended the call; null when nothing did.</summary>
    public string? Detail { get; private set; }

    /// <summary>Completes when the call has a reason to end.</summary>
    /// <remarks>
    /// Not the source's own task: what waits for several tasks at once would hear of that on the thread pool, which a virtual clock cannot see, instead of where the session runs.
    /// </remarks>
    public Task Completion { get; }

    /// <summary>Ends the call unless it has ended already.</summary>
    public bool TryEnd(CallEndReason reason, string? detail = null)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, (int)CallEndReason.None) != (int)CallEndReason.None)
        {
            return false;
        }

        Detail = detail;
        _ended.TrySetResult();
        return true;
    }

    private async Task EndedAsync() => await _ended.Task;
}
