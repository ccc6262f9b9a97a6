namespace Concierge.Pipelines.Control;

/// <summary>
/// What is asked of the carrier beside the stream, through <see cref="ICallSteering"/>: bounded in time and off the control loop, which is told the outcome as a
/// signal. One thing at a time: what is asked for may take the call out of the stream. Whatever the node's code throws, the call goes on.
/// </summary>
/// <param name="steering">Asks the carrier; null when nobody can.</param>
/// <param name="limit">How long the carrier may take.</param>
/// <param name="clock">The session's clock.</param>
/// <param name="ending">Told what a <c>stop</c> means from the asking on.</param>
/// <param name="post">Takes the outcome: what failed, or null.</param>
internal sealed class CarrierRequests(ICallSteering? steering, TimeSpan limit, SessionClock clock, CallEnding ending, Action<CallEvent?> post)
{
    private volatile Task<bool> _last = Task.FromResult(true);
    private int _handOversFailed;

    /// <summary>Whether the latest request was granted; an answer that did not come in time refuses nothing. Never faults. Any thread.</summary>
    public Task<bool> Last => _last;

    /// <summary>How often the call was not handed over. Any thread.</summary>
    public int HandOversFailed => Volatile.Read(ref _handOversFailed);

    /// <summary>Hands the call over; false while something else is asked for.</summary>
    public bool TryTransfer(string callSid, CallTransfer transfer) => TryAsk(
        CallEndReason.Transferred, (s, ct) => s.TransferAsync(callSid, transfer, ct), why => new CallEvent.TransferFailed(clock.Now, transfer, why));

    /// <summary>Has the carrier press keys; false while something else is asked for.</summary>
    public bool TryPressKeys(string callSid, string keys) => TryAsk(
        CallEndReason.KeysPressed, (s, ct) => s.PressKeysAsync(callSid, keys, ct), why => new CallEvent.KeysNotPressed(clock.Now, why));

    /// <summary>The outcome has come to the control loop: the stream ends with what was asked for, or something else may be asked for.</summary>
    /// <param name="failure">What failed; null when it was granted.</param>
    public void Finish(CallEvent? failure)
    {
        if (failure is null)
        {
            ending.TryEnd(ending.Leaving);
            return;
        }

        ending.Leaving = CallEndReason.None;
        if (failure is CallEvent.TransferFailed)
        {
            Interlocked.Increment(ref _handOversFailed);
        }
    }

    private bool TryAsk(CallEndReason purpose, Func<ICallSteering, CancellationToken, ValueTask> ask, Func<string, CallEvent> failed)
    {
        if (ending.Leaving != CallEndReason.None)
        {
            return false;
        }

        ending.Leaving = purpose;
        _last = AskAsync(ask, failed);
        return true;
    }

    private async Task<bool> AskAsync(Func<ICallSteering, CancellationToken, ValueTask> ask, Func<string, CallEvent> failed)
    {
        CallEvent? failure = null;
        bool refused = false;
        try
        {
            if (steering is null)
            {
                refused = true;
                failure = failed("This node has no way to ask the carrier for it.");
            }
            else
            {
                using var patience = new CancellationTokenSource(limit, clock.Provider);
                await ask(steering, patience.Token).AsTask().WaitAsync(patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            failure = failed("The carrier did not answer in time.");
        }
        catch (Exception e)
        {
            refused = true;
            failure = failed(e.Message);
        }

        post(failure);
        return !refused;
    }
}
