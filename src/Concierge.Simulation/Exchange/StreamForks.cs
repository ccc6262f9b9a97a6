using System.Collections.Concurrent;

namespace Concierge.Simulation.Exchange;

/// <summary>Unidirectional streams of all calls: begun by Start or by REST, up to four of one call (PROTOCOL A.4).</summary>
internal sealed class StreamForks(TwilioExchange exchange)
{
    private const int MostOfACall = 4;

    private readonly ConcurrentDictionary<(string Call, string Sid), StreamFork> _running = new();

    public IEnumerable<StreamFork> Of(string callSid) => _running.Where(f => f.Key.Call == callSid).Select(f => f.Value);

    /// <returns>The stream; null when the call has as many as it may.</returns>
    public StreamFork? Start(ExchangeCallRun run, StreamRequest request)
    {
        if (Of(run.Call.Sid).Sum(f => f.Request.Tracks.Count) + request.Tracks.Count > MostOfACall)
        {
            exchange.Notify(run.Call, 31941, isWarning: false, $"A call has at most {MostOfACall} tracks forked.", request.Url!.AbsoluteUri);
            return null;
        }

        var fork = new StreamFork(run, request, exchange.NextSid("MZ"));
        _running[(run.Call.Sid, fork.Sid)] = fork;
        _ = RunAsync(run, fork);
        return fork;
    }

    /// <summary>Stops one stream by sid or name, or without either the first.</summary>
    public StreamFork? Stop(string callSid, string? name)
    {
        StreamFork? fork = Of(callSid).FirstOrDefault(f => string.IsNullOrEmpty(name) || f.Sid == name || f.Request.Name == name);
        fork?.Stop();
        return fork;
    }

    private async Task RunAsync(ExchangeCallRun run, StreamFork fork)
    {
        await fork.RunAsync();
        _running.TryRemove((run.Call.Sid, fork.Sid), out _);
    }
}
