using Concierge.Pipelines.Playback;

namespace Concierge.Pipelines.Upstream;

/// <summary>What a caller hears while the model is away: the holding sound, after a moment, again and again until the model is back. One that has begun is heard to its end.</summary>
internal sealed class HoldingPlayer(UpstreamOptions options, PlaybackLedger ledger, SessionClock clock)
{
    private CancellationTokenSource? _stop;
    private Task _playing = Task.CompletedTask;
    private int _played;

    /// <summary>Begins; the sound itself comes after its delay. Nothing when it has begun already.</summary>
    public void Start(TimeSpan delay)
    {
        if (options.HoldingSound.IsEmpty || _stop is not null)
        {
            return;
        }

        _stop = new CancellationTokenSource();
        _playing = PlayAsync(delay, _stop.Token);
    }

    /// <summary>Begins no further sound.</summary>
    public async ValueTask StopAsync()
    {
        if (_stop is null)
        {
            return;
        }

        _stop.Cancel();
        await _playing;
        _stop.Dispose();
        _stop = null;
    }

    private async Task PlayAsync(TimeSpan delay, CancellationToken stop)
    {
        TimeSpan length = TimeSpan.FromSeconds(options.HoldingSound.Length / 8000.0);
        TimeSpan interval = length > options.HoldingInterval ? length : options.HoldingInterval;
        try
        {
            await Task.Delay(delay, clock.Provider, stop);
            while (true)
            {
                // Behind an answer that was received whole and is still being heard there is nothing to bridge.
                if (ledger.IsIdle)
                {
                    byte[] name = System.Text.Encoding.ASCII.GetBytes($"concierge.holding.{++_played}");
                    ledger.EnqueueLocal(name, options.HoldingSound.Span);
                }

                await Task.Delay(interval, clock.Provider, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The model is back, or given up.
        }
    }
}
