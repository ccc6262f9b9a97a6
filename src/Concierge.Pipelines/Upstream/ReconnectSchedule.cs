namespace Concierge.Pipelines.Upstream;

/// <summary>When a lost model is dialled again: first almost at once, then at growing distances, each a little off so that calls that fell together do not rise together.</summary>
/// <param name="options">The delays.</param>
/// <param name="seed">Of this call's jitter: the same call always gets the same.</param>
internal sealed class ReconnectSchedule(UpstreamOptions options, int seed)
{
    private readonly Random _random = new(seed);
    private int _attempt;

    /// <summary>Attempts handed out.</summary>
    public int Attempts => _attempt;

    /// <summary>The delay before the next attempt; false when there is none left.</summary>
    /// <param name="retryAfter">What the server asked for, if it did: never sooner than that.</param>
    /// <param name="delay">How long to wait.</param>
    public bool TryNext(TimeSpan? retryAfter, out TimeSpan delay)
    {
        delay = default;
        if (_attempt >= options.Attempts)
        {
            return false;
        }

        TimeSpan nominal = _attempt == 0 ? options.FirstDelay : options.NextDelay * Math.Pow(2, _attempt - 1);
        _attempt++;
        delay = nominal * (1 + (options.Jitter * ((2 * _random.NextDouble()) - 1)));
        if (retryAfter > delay)
        {
            delay = retryAfter.Value;
        }

        return true;
    }
}
