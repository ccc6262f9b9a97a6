using System.Collections.Concurrent;

namespace Concierge.Server.Node;

/// <summary>
/// Goes round all scribes twice a second: the model sends words faster than they are spoken and then nothing until they are, and they must not wait for that. One timer for the
/// node. Thread-safe.
/// </summary>
internal sealed class ScribeRounds : IDisposable
{
    private static readonly TimeSpan s_every = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<CallScribe, bool> _scribes = new();
    private readonly ITimer _timer;

    public ScribeRounds(TimeProvider time) => _timer = time.CreateTimer(static state => ((ScribeRounds)state!).Go(), this, s_every, s_every);

    /// <summary>Takes a scribe in; disposed when its stream is over.</summary>
    public IDisposable Enter(CallScribe scribe)
    {
        _scribes[scribe] = true;
        return new Place(this, scribe);
    }

    public void Dispose() => _timer.Dispose();

    private void Go()
    {
        foreach ((CallScribe scribe, _) in _scribes)
        {
            scribe.Catch();
        }
    }

    private sealed class Place(ScribeRounds rounds, CallScribe scribe) : IDisposable
    {
        public void Dispose() => rounds._scribes.TryRemove(scribe, out _);
    }
}
