namespace Concierge.Pipelines;

/// <summary>The one place where a call's end is decided: the first cause wins, whoever comes with it.</summary>
internal sealed class CallEnding
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reason;
    private int _leaving;

    public CallEnding() => Completion = EndedAsync();

    /// <summary>What the carrier has been asked to take the call out of the stream for, and a stop then means; <see cref="CallEndReason.None"/> when it has not: a stop is a hang-up.</summary>
    public CallEndReason Leaving
    {
        get => (CallEndReason)Volatile.Read(ref _leaving);
        set => Volatile.Write(ref _leaving, (int)value);
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

    /// <summary>The carrier's stop was taken for what it had been asked to do, and it did not do that: it was a hang-up after all.</summary>
    public void StoppedInstead(CallEndReason taken) =>
        Interlocked.CompareExchange(ref _reason, (int)CallEndReason.CarrierStopped, (int)taken);

    private async Task EndedAsync() => await _ended.Task;
}
