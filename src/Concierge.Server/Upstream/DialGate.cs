namespace Concierge.Server.Upstream;

/// <summary>
/// Lets dials through at a bounded rate: when every call of the node loses the model at once, they do not all dial in the same second. First come, first served;
/// thread-safe.
/// </summary>
/// <param name="perSecond">Dials a second, at least 1; as many may go at once after a pause.</param>
/// <param name="time">The clock.</param>
internal sealed class DialGate(int perSecond, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _step = TimeSpan.FromSeconds(1.0 / perSecond);
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _next = TimeSpan.FromSeconds(-1); // when the next dial may go once the burst is used up

    /// <summary>Waits for its turn.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; its turn is lost.</exception>
    public Task EnterAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_gate)
        {
            TimeSpan now = time.GetElapsedTime(_start);
            TimeSpan burst = _step * (perSecond - 1);
            TimeSpan turn = _next > now - burst ? _next : now - burst;
            _next = turn + _step;
            wait = turn - now;
        }

        return wait <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(wait, time, cancellationToken);
    }
}
