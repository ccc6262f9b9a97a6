using Concierge.Simulation.Time;
using Concierge.WebSockets;

namespace Concierge.Simulation.Realtime;

/// <summary>The faults of one connection as they stand, and the valve through which it writes: open, throttled or shut.</summary>
internal sealed class RealtimeFaultPlan
{
    private readonly Agenda _agenda;
    private readonly Lock _gate;
    private readonly WebSocketWriter _socket;
    private TimeSpan _setAt;
    private TimeSpan? _readingStallAt;
    private TimeSpan _shutUntil;
    private TimeSpan _nextWrite;
    private bool _waiting;
    private int _failures;
    private int _transcriptionFailures;
    private int _listingFailures;

    public RealtimeFaultPlan(RealtimeTwinFaults faults, Agenda agenda, Lock gate, WebSocketWriter socket)
    {
        _agenda = agenda;
        _gate = gate;
        _socket = socket;
        Settings = faults;
        Set(faults);
        Generation = 0;
    }

    /// <summary>All that was set, whether it holds now or not.</summary>
    public RealtimeTwinFaults Settings { get; private set; }

    /// <summary>What holds now: nothing before <see cref="RealtimeTwinFaults.From"/> and after <see cref="RealtimeTwinFaults.Until"/>.</summary>
    public RealtimeTwinFaults Current
    {
        get
        {
            if (Settings.From <= TimeSpan.Zero && Settings.Until is null)
            {
                return Settings;
            }

            TimeSpan since = _agenda.Now - _setAt;
            return since >= Settings.From && (Settings.Until is not { } until || since < until) ? Settings : RealtimeTwinFaults.None;
        }
    }

    /// <summary>Counts the settings, so that what an earlier one scheduled does not happen.</summary>
    public int Generation { get; private set; }

    public void Set(RealtimeTwinFaults faults)
    {
        Settings = faults;
        Generation++;
        _setAt = _agenda.Now;
        _readingStallAt = faults.StallReadingAt is { } at ? _setAt + at : null;
        _failures = faults.FailResponses;
        _transcriptionFailures = faults.FailTranscriptions;
        _listingFailures = faults.FailListings;
        _shutUntil = TimeSpan.Zero;
    }

    /// <summary>How long to stop reading now; null for not at all. Asked once, it is over.</summary>
    public TimeSpan? TakeReadingStall()
    {
        lock (_gate)
        {
            if (_readingStallAt is not { } at || _agenda.Now < at)
            {
                return null;
            }

            _readingStallAt = null;
            return Settings.StallReadingFor;
        }
    }

    /// <summary>The code that the present response fails with; null when it does not. Call it under the lock.</summary>
    public string? TakeResponseFailure() => _failures > 0 && Current.FailResponses > 0 && _failures-- > 0 ? Settings.FailCode : null;

    /// <summary>Whether the present transcription fails. Call it under the lock.</summary>
    public bool TakeTranscriptionFailure() => _transcriptionFailures > 0 && Current.FailTranscriptions > 0 && _transcriptionFailures-- > 0;

    /// <summary>Whether the present listing of an MCP server's tools fails. Call it under the lock.</summary>
    public bool TakeListingFailure() => _listingFailures > 0 && Current.FailListings > 0 && _listingFailures-- > 0;

    /// <summary>Shuts the valve. Call it under the lock.</summary>
    public void StallWriting(TimeSpan time)
    {
        _shutUntil = time < TimeSpan.Zero ? TimeSpan.MaxValue : _agenda.Now + time;
        if (time >= TimeSpan.Zero)
        {
            _agenda.After(time, static () => { });
        }
    }

    /// <summary>Sends what was appended, as far as the valve lets it. Call it without the lock.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            TimeSpan now = _agenda.Now;
            if (now < _shutUntil)
            {
                return;
            }

            if (Current.ThrottleBytesPerSecond > 0)
            {
                if (now < _nextWrite)
                {
                    Wait();
                    return;
                }

                _nextWrite = now + TimeSpan.FromSeconds((double)_socket.PendingBytes / Current.ThrottleBytesPerSecond);
            }
        }

        _socket.Flush();
    }

    // The agenda flushes after what it runs.
    private void Wait()
    {
        if (!_waiting)
        {
            _waiting = true;
            _agenda.At(_nextWrite, () => _waiting = false);
        }
    }
}
