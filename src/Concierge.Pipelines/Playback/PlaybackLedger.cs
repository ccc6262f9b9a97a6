using Concierge.WebSockets;

namespace Concierge.Pipelines.Playback;

/// <summary>
/// Knows, for each item and content part, what was received from the model, sent to the carrier and heard by the caller, and paces
/// what is sent by what was heard.
/// </summary>
/// <remarks>
/// <para>The model speaks faster than real time. At most <see cref="CallSessionOptions.PlaybackWindow"/> of audio stands unacknowledged at
/// the carrier; a returned mark opens the window, as an ACK does for TCP. The rest waits here, where an interruption discards it for
/// nothing. No timer is involved: deltas, marks and the carrier's own 20 ms media messages (<see cref="Tick"/>) drive it.</para>
/// <para>Heard is what a mark proves, plus at most what the clock says has been played since, never beyond the next mark that has not
/// come back and never beyond what was sent.</para>
/// <para>Concurrency: the model loop queues and interrupts, the carrier loop acknowledges and ticks; one lock, held for some microseconds
/// and shared by these two loops of one call only. Nothing under it waits or calls back.</para>
/// </remarks>
internal sealed partial class PlaybackLedger
{
    /// <summary>Octets of mu-law per second (8 kHz, one octet a sample).</summary>
    private const int OctetsPerSecond = 8000;

    private const int MaxFrameOctets = 8000;

    private readonly Lock _gate = new();
    private readonly ICarrierOutput _output;
    private readonly IPlaybackListener _listener;
    private readonly SessionClock _clock;
    private readonly ICallAudioTap? _tap;
    private readonly OctetQueue _queue;
    private readonly PendingMarks _marks = new();
    private readonly List<PlaybackItem> _items = [];  // not yet heard to the end, oldest first
    private readonly byte[] _frame;
    private readonly int _frameOctets;
    private readonly int _window;                     // octets
    private readonly int _markInterval;               // octets
    private readonly TimeSpan _markGrace;
    private readonly WaitingTones _tones = new(); // keys to press once nothing is being said

    private PlaybackItem? _last;                      // of these: the one whose audio comes, nearly always
    private bool _lastIsComplete;                     // noted here: each of the caller's frames asks, and the item stands elsewhere
    private bool _hasUnstarted;                       // one of them may not have been begun at the carrier
    private PlayedLevels? _levels;                    // kept only where echo must be told from a voice
    private bool _holds;                              // nothing goes out until it is decided whether the caller interrupts
    private long _kept;                               // position of the first octet in the queue
    private long _enqueued;                           // position after the last octet queued
    private long _sent;                               // position after the last octet sent
    private long _heard;                              // position up to which playing is proven
    private long _lastMark;                           // position of the last mark sent
    private long _clockPosition;                      // at _clockTime the caller was hearing _clockPosition
    private TimeSpan _clockTime;
    private int _generation;
    private int _sequence;
    private bool _idleTold = true;
    private bool _marksReturn;
    private bool _closed;

    public PlaybackLedger(CallSessionOptions options, SessionClock clock, ICarrierOutput output, IPlaybackListener listener, ICallAudioTap? tap = null)
    {
        _tap = tap;
        _clock = clock;
        _output = output;
        _listener = listener;
        _queue = new OctetQueue(Octets(options.PlaybackCapacity));
        _frameOctets = Math.Clamp(Octets(options.CarrierFrame), 160, MaxFrameOctets);
        _frame = new byte[_frameOctets];
        _window = Math.Max(Octets(options.PlaybackWindow), _frameOctets);
        _markInterval = Math.Min(Math.Max(Octets(options.MarkInterval), _frameOctets), _window);
        _markGrace = options.MarkGrace;
    }

    /// <summary>Marks that returned after a clear, or were never ours; they prove nothing.</summary>
    public long MarksIgnored { get; private set; }

    /// <summary>Marks that did not return within the grace; the clock stood in for them.</summary>
    public long MarksOverdue { get; private set; }

    /// <summary>Octets discarded here by interruptions before they were sent.</summary>
    public long OctetsDiscarded { get; private set; }

    /// <summary>Octets sent to the carrier.</summary>
    public long OctetsSent { get; private set; }

    /// <summary>Adds what a frame touches here.</summary>
    public void AddTo(WorkingSet set)
    {
        set.Add(this);
        set.Add(_gate);
        set.Add(_items);
        set.Add(_marks);
        set.Add(_tones);
        _queue.AddTo(set);
    }

    /// <summary>Asks for the part that the next audio is likely to belong to.</summary>
    public void FetchNewest() => WorkingSet.Fetch(_last, PlaybackItem.Octets);

    /// <summary>Adds what a frame to the carrier touches, from here to the carrier's socket.</summary>
    public void AddOutputTo(WorkingSet set)
    {
        AddTo(set);
        set.Add(_clock);
        _output.AddTo(set);
    }

    /// <summary>Whether all that was queued has been heard.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _heard == _enqueued && _tones.IsEmpty;
            }
        }
    }

    /// <summary>
    /// Keeps what the carrier has not played yet, so that it can be held back and said again, and notes how loud it is. Before any audio.
    /// </summary>
    public void KeepUnheard() => _levels = new PlayedLevels();

    /// <summary>The loudest that the agent's voice was at the caller's ear during the last while, in dBFS; negative infinity when it was not heard.</summary>
    public double LoudestHeard(TimeSpan during)
    {
        lock (_gate)
        {
            if (_levels is null)
            {
                return double.NegativeInfinity;
            }

            long heard = EstimateHeard(_clock.Now);
            return _levels.Loudest(heard - Octets(during), heard + 320);
        }
    }

    /// <summary>
    /// Holds the agent back where it stands: what the carrier has not played is taken back from it. Nothing at the model changes. False when nothing plays.
    /// </summary>
    public bool TryHold()
    {
        lock (_gate)
        {
            if (_holds || _levels is null || _heard == _enqueued)
            {
                return false;
            }

            long heard = EstimateHeard(_clock.Now);
            if (heard >= _enqueued || (_items.Count > 0 && _items[0].IsOurs))
            {
                return false;
            }

            Clear();
            _heard = _sent = _lastMark = heard;
            _queue.Skip((int)(heard - _kept));
            _kept = heard;
            _holds = true;
            return true;
        }
    }

    /// <summary>The caller did not interrupt after all: the agent goes on from where it was held.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            if (_holds)
            {
                _holds = false;
                PumpLocked();
            }
        }
    }

    /// <summary>Presses keys once what is being said has gone out. Octets of mu-law, as many per key as <paramref name="keyOctets"/>.</summary>
    public void EnqueueTones(byte[] muLaw, int keyOctets)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _tones.Add(muLaw, keyOctets);
                PumpLocked();
            }
        }
    }

    /// <summary>Whether something queued or unheard is not complete: more of it was to come.</summary>
    public bool HasOpenItems
    {
        get
        {
            lock (_gate)
            {
                return _last is not null && !_lastIsComplete;
            }
        }
    }

    /// <summary>Queues a sound of the node's own behind what is queued, complete; nothing when the buffer is full.</summary>
    /// <param name="name">Its name, for nobody but the ledger; another for each.</param>
    /// <param name="muLaw">The sound, mu-law 8 kHz.</param>
    public void EnqueueLocal(ReadOnlySpan<byte> name, ReadOnlySpan<byte> muLaw)
    {
        if (!muLaw.IsEmpty && TryEnqueue([], name, 0, muLaw, muLaw.Length * 125L))
        {
            Complete(name, 0);
        }
    }

    /// <summary>
    /// Queues audio of one content part. False when the buffer is full: the caller ends the call.
    /// </summary>
    /// <param name="responseId">The response's id as UTF-8.</param>
    /// <param name="itemId">The item's id as UTF-8.</param>
    /// <param name="contentIndex">The part's index.</param>
    /// <param name="muLaw">The audio, mu-law 8 kHz.</param>
    /// <param name="receivedMicroseconds">How much audio of the model's this stands for.</param>
    /// <param name="pump">Whether to send at once what the window allows, as <see cref="Pump"/> does, at the price of one lock.</param>
    public bool TryEnqueue(
        ReadOnlySpan<byte> responseId, ReadOnlySpan<byte> itemId, int contentIndex, ReadOnlySpan<byte> muLaw, long receivedMicroseconds, bool pump = false)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return true;
            }

            PlaybackItem item = FindOrAdd(responseId, itemId, contentIndex);
            if (muLaw.Length > _queue.Capacity - _queue.Length)
            {
                return false;
            }

            item.ReceivedMicroseconds += receivedMicroseconds;
            bool passes = pump && _sent == _enqueued && _kept == _sent && _levels is null && _tones.IsEmpty;
            _enqueued += muLaw.Length;
            item.End = _enqueued;
            _idleTold = false;
            if (passes)
            {
                // Nothing waits before it: what the window takes goes out as it came, and only the rest is kept.
                muLaw = PumpLocked(_clock.Now, muLaw);
            }

            _queue.TryAppend(muLaw);
            if (pump && !passes)
            {
                PumpLocked();
            }

            return true;
        }
    }

    /// <summary>Sends what the window allows. Called after a delta has been queued.</summary>
    public void Pump()
    {
        lock (_gate)
        {
            PumpLocked();
        }
    }

    /// <summary>No more audio follows for this part: its last, shorter frame may go out and its end be marked.</summary>
    public void Complete(ReadOnlySpan<byte> itemId, int contentIndex)
    {
        lock (_gate)
        {
            foreach (PlaybackItem item in _items)
            {
                if (item.Matches(itemId, contentIndex))
                {
                    item.Complete = true;
                }
            }

            NoteLast(_last);
            PumpLocked();
            SettleHeard();
        }
    }

    /// <summary>No more audio follows for anything received so far: the response is over.</summary>
    public void CompleteAll()
    {
        lock (_gate)
        {
            foreach (PlaybackItem item in _items)
            {
                item.Complete = true;
            }

            NoteLast(_last);
            PumpLocked();
            SettleHeard();
        }
    }

    /// <summary>The carrier returned a mark.</summary>
    public void Acknowledge(ReadOnlySpan<byte> markName)
    {
        lock (_gate)
        {
            if (!MarkName.TryParse(markName, out MarkName name)
                || name.Generation != _generation
                || !_marks.TryAcknowledge(name.Sequence, out long position))
            {
                MarksIgnored++;
                return;
            }

            _marksReturn = true;
            HeardUpTo(position, _clock.Now);
            PumpLocked();
        }
    }

    /// <summary>Time has passed: the carrier's media message arrives every 20 ms and stands in for a timer.</summary>
    /// <param name="now">The session's clock.</param>
    public void Tick(TimeSpan now)
    {
        lock (_gate)
        {
            if (_heard == _enqueued)
            {
                return;
            }

            while (_marks.TryPeek(out long position) && IsOverdue(position, now))
            {
                _marks.Drop();
                MarksOverdue++;
                HeardUpTo(position, now - Grace);
            }

            if (!_marks.TryPeek(out _) && _sent > _heard && IsOverdue(_sent, now))
            {
                HeardUpTo(_sent, now);
            }

            PumpLocked(now);
        }
    }

    /// <summary>
    /// Stops what is being said: the queue is discarded, the carrier cleared, and each item that had not been heard to its end is listed
    /// with what was heard of it. Nothing playing: nothing is sent and nothing listed.
    /// </summary>
    /// <returns>Whether a clear was sent.</returns>
    public bool Interrupt(List<Truncation> truncations)
    {
        lock (_gate)
        {
            if (_heard == _enqueued || _items.TrueForAll(static item => item.IsOurs))
            {
                // Nothing plays, or nothing but keys that somebody waits for: what they answer to is no interruption.
                return false;
            }

            long heard = EstimateHeard(_clock.Now);
            if (heard == _enqueued)
            {
                // Played to the end by the clock, the last mark is on its way back: there is nothing to stop.
                return false;
            }

            _tones.PressAgain(_items, heard);
            foreach (PlaybackItem item in _items)
            {
                if (!item.IsOurs && item.End > heard)
                {
                    long octets = Math.Max(0, heard - item.Start);
                    long milliseconds = Math.Min(octets * 1000 / OctetsPerSecond, item.ReceivedMicroseconds / 1000);
                    truncations.Add(new Truncation(item, (int)milliseconds));
                }
            }

            if (!_holds)
            {
                Clear();
            }

            _holds = false;
            OctetsDiscarded += _enqueued - _sent;
            _queue.Clear();
            _items.Clear();
            NoteLast(null);
            _heard = _sent = _lastMark = _kept = _enqueued;
            TellIdle();
            PumpLocked();
            return true;
        }
    }

    /// <summary>Forgets everything and gives its memory back; later audio is ignored.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _queue.Clear();
            _items.Clear();
            NoteLast(null);
            _marks.Clear();
            _tones.Clear();
            _heard = _sent = _kept = _enqueued;
        }
    }

    // A carrier that has returned no mark at all by the first one's grace is taken to have none: from then on the clock alone paces.
    private TimeSpan Grace => MarksOverdue > 0 && !_marksReturn ? TimeSpan.Zero : _markGrace;

    private static int Octets(TimeSpan duration) => (int)(duration.Ticks * OctetsPerSecond / TimeSpan.TicksPerSecond);

    private static TimeSpan Duration(long octets) => TimeSpan.FromTicks(octets * (TimeSpan.TicksPerSecond / OctetsPerSecond));

    private void Clear()
    {
        _output.WriteClear();
        _output.Flush();
        _tap?.OnCleared(_clock.Now);
        _marks.Clear();
        _generation++;
    }

    private PlaybackItem FindOrAdd(ReadOnlySpan<byte> responseId, ReadOnlySpan<byte> itemId, int contentIndex)
    {
        if (_last is { } last && last.Matches(itemId, contentIndex))
        {
            return last;
        }

        for (int i = _items.Count - 2; i >= 0; i--)
        {
            if (_items[i].Matches(itemId, contentIndex))
            {
                return _items[i];
            }
        }

        // A later item begins: the one before it gets no more audio (PROTOCOL B.7, two items of one response).
        if (_last is not null)
        {
            _last.Complete = true;
        }

        var item = new PlaybackItem(responseId, itemId, contentIndex, _enqueued) { FirstDelta = _clock.Now };
        Add(item);
        return item;
    }

    private void Add(PlaybackItem item)
    {
        _items.Add(item);
        NoteLast(item);
        _hasUnstarted = true;
    }

    private void NoteLast(PlaybackItem? item)
    {
        _last = item;
        _lastIsComplete = item is { Complete: true };
    }
}
