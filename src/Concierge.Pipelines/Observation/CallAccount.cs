namespace Concierge.Pipelines;

/// <summary>Keeps account of a call: each answer's times, and what the model charged for. Feed it every event; not thread-safe.</summary>
public sealed class CallAccount : ICallObserver
{
    private readonly List<TurnTiming> _turns = [];
    private TimeSpan? _stopped; // of a turn that no answer has taken yet

    /// <summary>What was used so far.</summary>
    public CallUsage Usage { get; private set; } = CallUsage.None;

    /// <summary>The answers so far.</summary>
    public CallTimeline ToTimeline() => new([.. _turns]);

    /// <inheritdoc/>
    public void OnEvent(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case CallEvent.CallerSpeechStarted:
                _stopped = null;
                break;
            case CallEvent.CallerSpeechStopped stopped:
                _stopped = stopped.At;
                break;
            case CallEvent.ResponseStarted started:
                _turns.Add(new TurnTiming(started.ResponseId, _stopped, started.At, null, null, null));
                _stopped = null;
                break;
            case CallEvent.AgentSpeechStarted started:
                Update(started.ResponseId, t => t.FirstSent is null ? t with { FirstDelta = started.FirstDelta, FirstSent = started.At } : t);
                break;
            case CallEvent.AgentSpeechPlayed played:
                Update(played.ResponseId, t => t.FirstPlayed is null ? t with { FirstPlayed = played.At } : t);
                break;
            case CallEvent.ResponseEnded { Response.Usage: { } usage }:
                Usage = Usage.WithResponse(usage);
                break;
            case CallEvent.CallerTranscriptCompleted { Usage: { } usage }:
                Usage = Usage.WithTranscription(usage);
                break;
        }
    }

    private void Update(string responseId, Func<TurnTiming, TurnTiming> change)
    {
        for (int i = _turns.Count - 1; i >= 0; i--)
        {
            if (_turns[i].ResponseId == responseId)
            {
                _turns[i] = change(_turns[i]);
                return;
            }
        }
    }
}
