namespace Concierge.Pipelines.Control;

/// <summary>
/// Keeps a call to its agent's conduct: prompts in silence, fills the wait for slow tools, gathers keys, warns and ends in time. Told of every event and, when
/// something falls due, of the time. The control loop's own; no timer, no wait.
/// </summary>
internal sealed class ConductKeeper(CallConduct conduct, TimeSpan soundInterval, IConductActions actions)
{
    private static readonly TimeSpan s_never = TimeSpan.MaxValue;

    private readonly List<ToolWait> _tools = [];
    private readonly KeypadEntry _keys = new(conduct.Keypad);
    private readonly AnswerWatch _answers = new(conduct.Answers, soundInterval, actions);
    private TimeSpan _callerSpokeAt;
    private TimeSpan _quietSince;
    private TimeSpan? _holdSince;
    private int _prompts;
    private bool _callerSpeaks;
    private bool _responding;
    private bool _playing;
    private bool _asked;      // something is to be said that the model has not begun
    private bool _warned;
    private bool _ending;
    private bool _ready;

    /// <summary>When <see cref="OnDue"/> wants to be called next; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan Due { get; private set; } = s_never;

    /// <summary>Whether the model answers callers by itself.</summary>
    public bool ModelTakesTurns
    {
        get => _answers.ModelTakesTurns;
        set => _answers.ModelTakesTurns = value;
    }

    private bool IsQuiet => !_callerSpeaks && !_responding && !_playing && !_asked;

    /// <summary>Takes note of one event.</summary>
    public void OnEvent(CallEvent callEvent)
    {
        bool quiet = IsQuiet;
        switch (callEvent)
        {
            case CallEvent.ModelReady ready:
                _ready = true;
                _callerSpeaks = _responding = _asked = false;
                _quietSince = _callerSpokeAt = ready.At;
                break;
            case CallEvent.CallerSpeechStarted started:
                _callerSpeaks = true;
                _callerSpokeAt = started.At;
                _prompts = 0;
                break;
            case CallEvent.CallerSpeechStopped stopped:
                _callerSpeaks = false;
                _callerSpokeAt = stopped.At;
                break;
            case CallEvent.ResponseStarted:
                _responding = true;
                _asked = false;
                break;
            case CallEvent.ResponseEnded:
                _responding = false;
                break;
            case CallEvent.AgentSpeechStarted:
                _playing = true;
                break;
            case CallEvent.PlaybackIdle or CallEvent.AgentInterrupted:
                _playing = false;
                break;
            case CallEvent.ToolCallRequested call:
                _tools.Add(new ToolWait(call.CallId, call.Name, call.At));
                break;
            case CallEvent.DtmfReceived key:
                _callerSpokeAt = _quietSince = key.At;
                _prompts = 0;
                Enter(_keys.Add(key.Digit, key.At), key.At);
                break;
            case CallEvent.HoldStarted hold:
                _holdSince = hold.At;
                if (_callerSpeaks)
                {
                    // The music so far was heard as a turn; no end of it comes, and no answer is wanted.
                    _callerSpeaks = false;
                    actions.ForgetTurn();
                }

                break;
            case CallEvent.HoldEnded back:
                _holdSince = null;
                _callerSpokeAt = _quietSince = back.At;
                _prompts = 0;
                break;
        }

        if (!quiet && IsQuiet)
        {
            _quietSince = callEvent.At;
        }

        _answers.OnEvent(callEvent);

        Due = NextDue();
    }

    /// <summary>Somebody has asked the model to speak.</summary>
    public void OnRequested(TimeSpan now)
    {
        _answers.OnRequested(now);
        Due = NextDue();
    }

    /// <summary>A tool was answered.</summary>
    public void OnToolAnswered(string callId, TimeSpan now)
    {
        _tools.RemoveAll(t => t.CallId == callId);
        _quietSince = now;
        Due = NextDue();
    }

    /// <summary>The call is ending for another cause: nothing is prompted any more.</summary>
    public void OnEnding(bool ending)
    {
        _ending = ending;
        Due = NextDue();
    }

    /// <summary>Something has fallen due.</summary>
    public void OnDue(TimeSpan now)
    {
        Enter(_keys.TakeIfOver(now), now);
        if (_ready && !_ending)
        {
            WatchTools(now);
            _answers.OnDue(now);
            WatchLength(now);
            WatchHold(now);
            WatchSilence(now);
        }

        Due = NextDue();
    }

    private void Enter(string? keys, TimeSpan now)
    {
        if (keys is null)
        {
            return;
        }

        actions.Tell(new CallEvent.KeysEntered(now, keys));
        if (conduct.Keypad.TellModel && _ready)
        {
            actions.TellModel($"(The other side pressed these keys on the telephone: {keys})");
        }
    }

    private void WatchTools(TimeSpan now)
    {
        for (int i = _tools.Count - 1; i >= 0; i--)
        {
            ToolWait tool = _tools[i];
            if (conduct.Tools.Limit is { } limit && now - tool.Since >= limit)
            {
                _tools.RemoveAt(i);
                actions.Tell(new CallEvent.ToolAbandoned(now, tool.Name, now - tool.Since));
                actions.AnswerTool(tool.CallId, """{"error":"The tool did not answer in time."}""");
            }
        }

        if (_tools.Count > 0 && FillDue() <= now)
        {
            ToolWait tool = _tools[0];
            tool.Fillers++;
            actions.Tell(new CallEvent.ToolSlow(now, tool.Name, now - tool.Since));
            Say(conduct.Tools.FillerInstructions, now);
        }
    }

    private void WatchLength(TimeSpan now)
    {
        if (LengthDue() > now)
        {
            return;
        }

        if (!_warned && now < conduct.Length.Limit)
        {
            _warned = true;
            Say(conduct.Length.WarningInstructions, now);
            return;
        }

        End(CallEndReason.LengthLimit, conduct.Length.FarewellInstructions);
    }

    private void WatchHold(TimeSpan now)
    {
        if (!_ending && HoldDue() <= now)
        {
            End(CallEndReason.HoldLimit, null);
        }
    }

    private void WatchSilence(TimeSpan now)
    {
        if (_ending || SilenceDue() > now)
        {
            return;
        }

        bool muted = MutedDue() <= now;
        if (muted || _prompts >= conduct.Silence.MaxPrompts)
        {
            End(CallEndReason.CallerIdle, conduct.Silence.FarewellInstructions);
            return;
        }

        _prompts++;
        actions.Tell(new CallEvent.SilencePrompted(now, _prompts));
        Say(conduct.Silence.PromptInstructions, now);
    }

    private void Say(string instructions, TimeSpan now)
    {
        _asked = true;
        _answers.OnRequested(now);
        actions.Say(instructions);
    }

    private void End(CallEndReason reason, string? farewell)
    {
        _ending = true;
        actions.EndAfterWords(reason, farewell);
    }

    private TimeSpan NextDue()
    {
        TimeSpan due = _keys.Due;
        if (_ready && !_ending)
        {
            due = Earlier(Earlier(due, _answers.Due), Earlier(SilenceDue(), Earlier(LengthDue(), Earlier(HoldDue(), Earlier(FillDue(), AbandonDue())))));
        }

        return due;
    }

    private TimeSpan SilenceDue() => Earlier(MutedDue(), PromptDue());

    private TimeSpan PromptDue() =>
        conduct.Silence.PromptAfter is { } after && IsQuiet && _holdSince is null && _tools.Count == 0 ? _quietSince + after : s_never;

    private TimeSpan MutedDue() =>
        conduct.Silence.MutedLimit is { } limit && !_callerSpeaks && _holdSince is null ? _callerSpokeAt + limit : s_never;

    // The session's clock begins with the stream.
    private TimeSpan LengthDue() => conduct.Length.Limit is not { } limit
        ? s_never
        : !_warned && conduct.Length.WarnBefore > TimeSpan.Zero && conduct.Length.WarnBefore < limit ? limit - conduct.Length.WarnBefore : limit;

    private TimeSpan HoldDue() => conduct.Hold.Limit is { } limit && _holdSince is { } since ? since + limit : s_never;

    private TimeSpan FillDue()
    {
        if (conduct.Tools.FillAfter is not { } after || _tools.Count == 0 || !IsQuiet || _tools[0].Fillers >= conduct.Tools.MaxFillers)
        {
            return s_never;
        }

        return (_quietSince > _tools[0].Since ? _quietSince : _tools[0].Since) + after;
    }

    private TimeSpan AbandonDue() => conduct.Tools.Limit is { } limit && _tools.Count > 0 ? _tools[0].Since + limit : s_never;

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private sealed class ToolWait(string callId, string name, TimeSpan since)
    {
        public string CallId { get; } = callId;

        public string Name { get; } = name;

        public TimeSpan Since { get; } = since;

        public int Fillers { get; set; }
    }
}
