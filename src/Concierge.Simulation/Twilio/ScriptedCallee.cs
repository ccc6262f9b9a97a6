using Concierge.Simulation.Scenarios;
using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Twilio;

/// <summary>
/// The person at the telephone: hears 20 ms, says 20 ms, walking through its turns of the scenario. Knows nothing of protocols.
/// </summary>
internal sealed class ScriptedCallee
{
    private const int FrameMs = 20;
    private const int FrameSamples = 160;

    // Speech is speech from the second loud frame in a row, and over after this much silence.
    private const int SpeechGapMs = 400;

    // Heard this long after the callee began to interrupt, silence means that the agent gave way.
    private const int YieldGapMs = 200;

    private readonly DtmfDetector _keys = new();
    private readonly ScenarioTurn[] _script;
    private readonly ScenarioCallee _manner;
    private TwilioTwinRecord _record;
    private long _base;            // when the present record's clock began
    private long _turnBase;        // that of the record which holds the present turn
    private int _next;
    private long _now;             // ms, end of the present frame
    private long _ownEnd;          // when the callee's last turn ended
    private bool _heardSinceTurn;
    private long _lastLoud = -1;
    private long _speechStart = -1;
    private int _loudFrames;
    private short[]? _saying;
    private int _said;
    private TwilioTwinTurn? _turn;
    private TwilioTwinTurn? _yielding;
    private long _yieldBase;
    private string _keysHeard = "";  // since the callee's last turn
    private long _lastKey;

    public ScriptedCallee(Scenario scenario, TwilioTwinRecord record)
    {
        _script = [.. scenario.CalleeTurns];
        _manner = scenario.Callee;
        _record = record;
    }

    /// <summary>Digits to press now.</summary>
    public string? Digits { get; private set; }

    /// <summary>Set once when the callee hangs up.</summary>
    public TwilioTwinEnd? HangsUp { get; private set; }

    public bool IsSpeaking => _saying is not null;

    /// <summary>One frame of the call.</summary>
    /// <param name="heard">160 samples that the callee heard.</param>
    /// <param name="says">160 samples that it says meanwhile; filled here.</param>
    /// <returns>Level of what was heard, in dBFS.</returns>
    public double Frame(ReadOnlySpan<short> heard, Span<short> says)
    {
        _now += FrameMs;
        double level = Loudness.Db(heard);
        if (_keys.Process(heard) is { } key)
        {
            _keysHeard += key;
            _lastKey = _now;
            _record.DigitsHeard.Add((TimeSpan.FromMilliseconds(_now - _base), key));
        }

        Listen(level > _manner.SpeechThresholdDb);
        Digits = null;
        if (_saying is null && HangsUp is null)
        {
            Decide();
        }

        says.Clear();
        if (_saying is not null)
        {
            int length = Math.Min(FrameSamples, _saying.Length - _said);
            _saying.AsSpan(_said, length).CopyTo(says);
            _said += length;
            if (_said == _saying.Length)
            {
                EndTurn();
            }
        }

        return level;
    }

    /// <summary>From now on turns and speech go into this record, on a clock that begins now.</summary>
    public void RecordInto(TwilioTwinRecord record)
    {
        _record = record;
        _base = _now;
    }

    /// <summary>The stream is over: what was being heard ends here.</summary>
    public void Finish()
    {
        if (_speechStart >= 0)
        {
            NoteSpeech();
        }
    }

    private void NoteSpeech()
    {
        _record.AgentSpeech.Add(new TwilioTwinSpeech(TimeSpan.FromMilliseconds(Math.Max(0, _speechStart - _base)), TimeSpan.FromMilliseconds(Math.Max(0, _lastLoud - _base))));
        _speechStart = -1;
    }

    private void Listen(bool loud)
    {
        _loudFrames = loud ? _loudFrames + 1 : 0;
        if (loud && _loudFrames >= 2)
        {
            if (_speechStart < 0)
            {
                _speechStart = _now - (2 * FrameMs);
            }

            _lastLoud = _now;
            if (_saying is null)
            {
                _heardSinceTurn = true;
            }
        }
        else if (_speechStart >= 0 && _now - _lastLoud >= SpeechGapMs)
        {
            NoteSpeech();
        }

        if (_yielding is not null && _now - Math.Max(_lastLoud, _yieldBase + _yielding.StartedAt.TotalMilliseconds) >= YieldGapMs)
        {
            _yielding.AgentStoppedAt = TimeSpan.FromMilliseconds(_lastLoud - _yieldBase);
            _yielding = null;
        }
        else if (_yielding?.EndedAt is { } ended && _now - _yieldBase - ended.TotalMilliseconds >= YieldGapMs)
        {
            _yielding = null;
        }
    }

    private void Decide()
    {
        ScenarioTurn? turn = _next < _script.Length ? _script[_next] : null;
        bool cue = turn?.When switch
        {
            null => false,
            ScenarioTrigger.Answered => _now - FrameMs >= turn.AfterMs,
            ScenarioTrigger.Digits => _keysHeard.Length > 0 && _keysHeard.EndsWith(turn.Digits ?? "", StringComparison.Ordinal) && _now - _lastKey >= turn.AfterMs,
            ScenarioTrigger.Elapsed => _now - FrameMs - _ownEnd >= turn.AfterMs,
            // An agent that ended too early for the interruption is answered like one that ended.
            ScenarioTrigger.Speaking => _speechStart >= 0 ? _now - _speechStart >= turn.AfterMs && _now - _lastLoud <= FrameMs : HasFallenSilent(1000),
            _ => HasFallenSilent(turn.AfterMs),
        };
        if (cue)
        {
            Begin(turn!);
        }
        else if (_now - Math.Max(_ownEnd, _lastLoud) >= _manner.PatienceMs)
        {
            HangsUp = TwilioTwinEnd.CalleeGaveUp;
        }
    }

    private bool HasFallenSilent(int forMs) => _heardSinceTurn && _now - _lastLoud >= forMs;

    private void Begin(ScenarioTurn turn)
    {
        bool says = turn.Clip is not null || turn.ToneHz > 0 || turn.MusicMs > 0;
        bool interrupts = says && turn.When != ScenarioTrigger.Digits && _speechStart >= 0 && _now - _lastLoud <= FrameMs;
        Digits = turn.Dtmf;
        _turn = new TwilioTwinTurn
        {
            Index = _next++,
            Clip = turn.Clip?.Name,
            Transcript = turn.Transcript,
            StartedAt = TimeSpan.FromMilliseconds(_now - FrameMs - _base),
            Interrupts = interrupts,
        };
        _turnBase = _base;
        _record.Turns.Add(_turn);
        if (interrupts)
        {
            _yielding = _turn;
            _yieldBase = _base;
        }

        _saying = turn.Clip is { } clip ? clip.At(8000).ToArray() : turn.ToneHz > 0 ? Tone(turn.ToneHz, turn.ToneMs) : HoldMusic.Create(turn.MusicMs);
        _said = 0;
        if (_saying.Length == 0)
        {
            EndTurn();
        }
    }

    private void EndTurn()
    {
        _saying = null;
        _turn!.EndedAt = TimeSpan.FromMilliseconds(_now - _turnBase);
        _ownEnd = _now;
        _heardSinceTurn = false;
        _keysHeard = "";
        if (_script[_turn.Index].HangUp)
        {
            HangsUp = TwilioTwinEnd.CalleeHungUp;
        }
    }

    // A tone at the level of speech, with 10 ms ramps.
    private static short[] Tone(int hertz, int milliseconds)
    {
        var samples = new short[milliseconds * 8];
        for (int i = 0; i < samples.Length; i++)
        {
            double ramp = Math.Min(1, Math.Min(i, samples.Length - 1 - i) / 80.0);
            samples[i] = (short)(4600 * ramp * Math.Sin(2 * Math.PI * hertz * i / 8000));
        }

        return samples;
    }
}
