using System.Diagnostics;
using Concierge.Pipelines.Playback;

namespace Concierge.Pipelines.Legs;

/// <summary>
/// Decides whether the caller's voice stops the agent's: at once, after a while, or not at all; and holds the agent back on the node's own judgement until
/// the model has agreed or not.
/// </summary>
/// <remarks>The model loop tells of speech, the carrier loop and the node's wheel of time. One lock of this call's own; the ledger's is taken inside it, never the other way round.</remarks>
internal sealed class InterruptionGate(CallCounters counters, PlaybackLedger ledger)
{
    private readonly Lock _gate = new();
    private ModelEventHandler? _waiting; // the caller speaks, not yet for long enough
    private TimeSpan _since;
    private TimeSpan? _heldSince;        // the agent is held back, on the node's own judgement
    private volatile bool _openingHeard;
    private volatile bool _onHold;
    private volatile bool _idle = true;  // nothing waits and nothing is held: time changes nothing

    /// <summary>Real time from the model's word to the agent stopped: cleared at the carrier, truncated at the model.</summary>
    public LatencyHistogram ReactionTime { get; } = new();

    /// <summary>The agent's policy; set before any audio flows.</summary>
    public BargeInPolicy Policy { get; set; } = new();

    /// <summary>Whether the caller's voice may stop the agent now.</summary>
    public bool IsOpen => Policy.Allowed && !_onHold && (!Policy.ProtectOpening || _openingHeard);

    /// <summary>Whether the other side plays music instead of listening.</summary>
    public bool OnHold
    {
        get => _onHold;
        set => _onHold = value;
    }

    /// <summary>The first thing the agent says has been heard to its end. Called under the ledger's lock.</summary>
    public void OpeningHeard() => _openingHeard = true;

    /// <summary>The model hears the caller.</summary>
    /// <param name="handler">Carries out the interruption.</param>
    /// <param name="now">When the model's word came.</param>
    public void SpeechStarted(ModelEventHandler handler, TimeSpan now)
    {
        long started = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            if (!IsOpen)
            {
                counters.InterruptionsRefused += ledger.IsIdle ? 0 : 1;
                Release();
                return;
            }

            if (Policy.MinimumSpeech > TimeSpan.Zero)
            {
                _waiting = handler;
                _since = now;
                _idle = false;
                return;
            }

            long interruptions = counters.Interruptions;
            Confirm(handler, now);
            if (counters.Interruptions != interruptions)
            {
                ReactionTime.Record(Stopwatch.GetElapsedTime(started).Ticks * 100);
            }
        }
    }

    /// <summary>The model heard the caller stop.</summary>
    public void SpeechStopped()
    {
        lock (_gate)
        {
            if (_waiting is not null)
            {
                _waiting = null;
                counters.InterruptionsTooShort += ledger.IsIdle ? 0 : 1;
                Release();
            }
        }
    }

    /// <summary>The node itself hears the caller, and it is no echo.</summary>
    public void HeardHere(TimeSpan now)
    {
        lock (_gate)
        {
            if (IsOpen && _heldSince is null && ledger.TryHold())
            {
                _heldSince = now;
                _idle = false;
                counters.LocalInterruptions++;
            }
        }
    }

    /// <summary>Time has passed.</summary>
    public void Tick(TimeSpan now)
    {
        if (_idle)
        {
            return;
        }

        lock (_gate)
        {
            if (_waiting is { } handler && now - _since >= Policy.MinimumSpeech)
            {
                _waiting = null;
                Confirm(handler, now);
            }

            if (_waiting is null && _heldSince is { } held && now - held >= Policy.Local?.ConfirmWithin)
            {
                Release();
            }
        }
    }

    private void Confirm(ModelEventHandler handler, TimeSpan now)
    {
        _heldSince = null;
        _idle = true;
        handler.Interrupt(now, cancelHere: !handler.ServerInterrupts);
    }

    private void Release()
    {
        if (_heldSince is not null)
        {
            _heldSince = null;
            counters.FalseInterruptions++;
            ledger.Resume();
        }

        _idle = _waiting is null;
    }
}
