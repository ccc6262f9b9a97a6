namespace Concierge.Pipelines.Control;

/// <summary>
/// What is asked of the carrier beside the stream, through <see cref="ICallSteering"/>: bounded in time and off the control loop, which is told the outcome as a
/// signal. Whatever the node's code throws, the call goes on.
/// </summary>
/// <param name="steering">Asks the carrier; null when nobody can.</param>
/// <param name="limit">How long the carrier may take.</param>
/// <param name="clock">The session's clock.</param>
/// <param name="post">Takes the outcome: what failed, or null.</param>
internal sealed class CarrierRequests(ICallSteering? steering, TimeSpan limit, SessionClock clock, Action<CallEvent?> post)
{
    /// <summary>Hands the call over.</summary>
    public void Transfer(string callSid, CallTransfer transfer) =>
        _ = AskAsync((s, ct) => s.TransferAsync(callSid, transfer, ct), why => new CallEvent.TransferFailed(clock.Now, transfer, why));

    /// <summary>Has the carrier press keys.</summary>
    public void PressKeys(string callSid, string keys) =>
        _ = AskAsync((s, ct) => s.PressKeysAsync(callSid, keys, ct), why => new CallEvent.KeysNotPressed(clock.Now, why));

    private async Task AskAsync(Func<ICallSteering, CancellationToken, ValueTask> ask, Func<string, CallEvent> failed)
    {
        CallEvent? failure = null;
        try
        {
            if (steering is null)
            {
                failure = failed("This node has no way to ask the carrier for it.");
            }
            else
            {
                using var patience = new CancellationTokenSource(limit, clock.Provider);
                await ask(steering, patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            failure = failed("The carrier did not answer in time.");
        }
        catch (Exception e)
        {
            failure = failed(e.Message);
        }

        post(failure);
    }
}
