using Concierge.Pipelines;

namespace Concierge.Server.Upstream;

/// <summary>
/// Sessions of the model that are dialled while the carrier still reads its TwiML, so that the first word is not kept waiting for TLS and configuration. Each is claimed
/// once, by the stream's one-time token; what nobody claims is closed. Thread-safe.
/// </summary>
/// <param name="life">How long one waits for its stream, from the beginning of the dial.</param>
/// <param name="most">Sessions that may wait at a time; beyond it none is dialled ahead.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Told of those that came to nothing.</param>
internal sealed class ParkedModels(TimeSpan life, int most, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);
    private readonly HashSet<Task> _waiting = [];
    private bool _disposed;

    /// <summary>Sessions that wait or are being dialled.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _places.Count;
            }
        }
    }

    /// <summary>Dials one for the stream that will show this token. Returns at once.</summary>
    /// <param name="token">The token.</param>
    /// <param name="prepare">Dials and configures it.</param>
    public void Park(string token, Func<CancellationToken, ValueTask<PreparedModel>> prepare)
    {
        var place = new Place();
        lock (_gate)
        {
            if (_disposed || _places.Count >= most || !_places.TryAdd(token, place))
            {
                return;
            }

            Task waiting = KeepAsync(token, place, prepare);
            _waiting.Add(waiting);
            _ = ForgetAsync(waiting);
        }
    }

    /// <summary>Takes the session that waits for this token; waits for one that is still being dialled.</summary>
    /// <returns>Null when there is none, or it did not come about.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the session is closed.</exception>
    public async ValueTask<PreparedModel?> ClaimAsync(string token, CancellationToken cancellationToken)
    {
        Place? place;
        lock (_gate)
        {
            if (!_places.Remove(token, out place))
            {
                return null;
            }

            place.IsClaimed = true;
        }

        place.Claimed.TrySetResult();
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), place.Limit);
        PreparedModel? model = await place.Model.Task;
        if (cancellationToken.IsCancellationRequested && model is not null)
        {
            await model.DisposeAsync();
        }

        cancellationToken.ThrowIfCancellationRequested();
        return model;
    }

    public async ValueTask DisposeAsync()
    {
        Task[] waiting;
        lock (_gate)
        {
            _disposed = true;
            foreach (Place place in _places.Values)
            {
                place.Limit.Cancel();
            }

            _places.Clear();
            waiting = [.. _waiting];
        }

        await Task.WhenAll(waiting);
    }

    private async Task ForgetAsync(Task waiting)
    {
        await waiting;
        lock (_gate)
        {
            _waiting.Remove(waiting);
        }
    }

    private async Task KeepAsync(string token, Place place, Func<CancellationToken, ValueTask<PreparedModel>> prepare)
    {
        await Task.Yield(); // the webhook's answer does not wait for a name to resolve
        CancellationTokenSource limit = place.Limit;
        using ITimer timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), limit, life, Timeout.InfiniteTimeSpan);
        PreparedModel model;
        try
        {
            model = await prepare(limit.Token);
        }
        catch (Exception exception)
        {
            // Whatever it was, the call dials for itself, and says what is wrong if it still is.
            UpstreamLog.ParkedFailed(log, exception is OperationCanceledException ? "it took too long." : exception.Message);
            Leave(token, place);
            place.Model.TrySetResult(null);
            return;
        }

        model.Park();
        using CancellationTokenRegistration registration = limit.Token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), place.Claimed);
        await place.Claimed.Task;
        bool claimed = Leave(token, place);
        place.Model.TrySetResult(claimed ? model : null);
        if (!claimed)
        {
            UpstreamLog.ParkedUnclaimed(log, life.TotalSeconds);
            await model.DisposeAsync();
        }
    }

    /// <summary>Gives the place up, and tells whether it was claimed before.</summary>
    private bool Leave(string token, Place place)
    {
        lock (_gate)
        {
            if (_places.TryGetValue(token, out Place? found) && found == place)
            {
                _places.Remove(token);
            }

            return place.IsClaimed;
        }
    }

    private sealed class Place
    {
        public CancellationTokenSource Limit { get; } = new();

        public TaskCompletionSource Claimed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<PreparedModel?> Model { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Set under the gate by whoever took the place out of the table, and so once.</summary>
        public bool IsClaimed { get; set; }
    }
}
