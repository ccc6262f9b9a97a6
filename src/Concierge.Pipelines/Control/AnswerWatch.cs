namespace Concierge.Pipelines.Control;

/// <summary>
/// Looks after answers that do not come: a sound for the caller, another attempt when one has failed, another session when this one stays silent. A part of
/// <see cref="ConductKeeper"/>; no timer of its own.
/// </summary>
internal sealed class AnswerWatch(AnswerPolicy policy, TimeSpan soundInterval, IConductActions actions)
{
    private static readonly TimeSpan s_never = TimeSpan.MaxValue;

    private bool _owed;        // somebody waits for words of the agent that have not begun
    private bool _callerSpeaks;
    private bool _playing;
    private bool _onHold;
    private TimeSpan? _since;  // how long already
    private TimeSpan? _retryAt;
    private int _sounds;
    private int _failures;     // answers in a row
    private int _silent;       // sessions in a row

    /// <summary>Whether the model answers callers by itself.</summary>
    public bool ModelTakesTurns { get; set; } = true;

    /// <summary>When <see cref="OnDue"/> wants to be called next; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan Due
    {
        get
        {
            TimeSpan due = _retryAt ?? s_never;
            if (_since is { } since)
            {
                due = Earlier(due, policy.SoundAfter is { } after ? since + after + (soundInterval * _sounds) : s_never);
                due = Earlier(due, policy.Limit is { } limit ? since + limit : s_never);
            }

            return due;
        }
    }

    /// <summary>An answer was asked for.</summary>
    public void OnRequested(TimeSpan now)
    {
        _owed = true;
        Look(now);
    }

    /// <summary>Takes note of one event.</summary>
    public void OnEvent(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case CallEvent.ModelReady or CallEvent.ModelLost:
                // Nothing is owed by a session that is new or gone; what the caller hears in between is the loss's own matter.
                _owed = _callerSpeaks = false;
                _retryAt = null;
                break;
            case CallEvent.CallerSpeechStarted:
                _callerSpeaks = true;
                _owed = false;
                _retryAt = null;
                break;
            case CallEvent.CallerSpeechStopped:
                _callerSpeaks = false;
                _owed = ModelTakesTurns;
                break;
            case CallEvent.ResponseStarted:
                _owed = true;
                break;
            case CallEvent.ResponseEnded ended:
                OnEnded(ended);
                break;
            case CallEvent.AgentSpeechStarted:
                _playing = true;
                _owed = false;
                _failures = _silent = 0;
                break;
            case CallEvent.PlaybackIdle or CallEvent.AgentInterrupted:
                _playing = false;
                break;
            case CallEvent.HoldStarted:
                _onHold = true;
                _callerSpeaks = _owed = false;
                break;
            case CallEvent.HoldEnded:
                _onHold = false;
                break;
        }

        Look(callEvent.At);
    }

    /// <summary>Something may have fallen due.</summary>
    public void OnDue(TimeSpan now)
    {
        if (_retryAt <= now)
        {
            _retryAt = null;
            actions.AskAgain();
        }

        if (_since is not { } since)
        {
            return;
        }

        if (policy.Limit is { } limit && now - since >= limit)
        {
            _silent++;
            _owed = false;
            _since = null;
            actions.Tell(new CallEvent.AnswerMissing(now, now - since));
            actions.ReplaceModel(_silent >= policy.MaxSilentSessions, $"The model owed an answer for {limit.TotalSeconds:0.#} s and said nothing.");
        }
        else if (policy.SoundAfter is { } after && now - since >= after + (soundInterval * _sounds))
        {
            _sounds++;
            actions.Tell(new CallEvent.AnswerSlow(now, now - since));
            actions.PlayHoldingSound();
        }
    }

    private void OnEnded(CallEvent.ResponseEnded ended)
    {
        if (ended.Response.Status == "failed")
        {
            // No storm: the caller waits for one answer, and a model that cannot give it is asked a few times, each later than the one before.
            if (_failures < policy.Retries && !_callerSpeaks)
            {
                _retryAt = ended.At + (policy.RetryAfter * Math.Pow(2, _failures));
            }

            _failures++;
            _owed = _retryAt is not null || _owed;
            return;
        }

        _owed = false; // it said what it had to say, or nothing, or calls a tool
        _retryAt = null;
    }

    private void Look(TimeSpan now)
    {
        bool waits = _owed && !_callerSpeaks && !_playing && !_onHold;
        if (!waits)
        {
            _since = null;
        }
        else if (_since is null)
        {
            _since = now;
            _sounds = 0;
        }
    }

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
