namespace Concierge.Pipelines.Playback;

/// <content>What goes to the carrier: frames as the window allows, marks behind them. Under the ledger's lock.</content>
internal sealed partial class PlaybackLedger
{
    private void PumpLocked() => PumpLocked(_clock.Now);

    /// <summary>Sends what the window allows.</summary>
    /// <param name="now">The session's clock.</param>
    /// <param name="passing">The newest audio where it is all there is and is not in the queue.</param>
    /// <returns>What of that was not sent.</returns>
    private ReadOnlySpan<byte> PumpLocked(TimeSpan now, ReadOnlySpan<byte> passing = default)
    {
        if (_holds || _closed)
        {
            return passing;
        }

        TakeTones();
        bool wrote = false;
        while (_sent < _enqueued && _sent - _heard < _window)
        {
            int left = (int)Math.Min(int.MaxValue, _enqueued - _sent);
            int n = Math.Min(_frameOctets, left);
            bool last = n == left && _lastIsComplete;
            if (n < _frameOctets && !last)
            {
                break; // the remainder of a frame waits for the next delta
            }

            ReadOnlySpan<byte> frame = passing.IsEmpty ? _queue.View(_frame.AsSpan(0, n), (int)(_sent - _kept)) : passing[..n];
            if (!_output.TryWriteMedia(frame))
            {
                break;
            }

            if (!wrote && (_sent == _heard || EstimateHeard(now) == _sent))
            {
                // The carrier had run dry: what goes out now is heard from now on. Only then: a mark that is lost becomes overdue by the clock it was sent by.
                _clockPosition = _sent;
                _clockTime = now;
            }

            _levels?.Add(_sent, frame);
            _tap?.OnAgent(now, _clockTime + Duration(_sent - _clockPosition), frame);
            _sent += n;
            if (passing.IsEmpty)
            {
                Forget();
            }
            else
            {
                passing = passing[n..];
                _kept = _sent;
            }

            OctetsSent += n;
            wrote = true;
            TellStarted(now);
            if (_sent - _lastMark >= _markInterval)
            {
                MarkSent();
            }
        }

        if (_sent == _enqueued && _lastMark < _sent && _lastIsComplete)
        {
            MarkSent(); // the end of what was said: its return is the proof that it was heard
            wrote = true;
        }

        if (wrote)
        {
            _output.Flush();
        }

        return passing;
    }

    private void MarkSent()
    {
        // A mark that cannot be written, or that the carrier has too many of, is done without: the clock bridges to the next.
        if (!_marks.IsFull && _output.TryWriteMark(new MarkName(_generation, _sequence)))
        {
            _marks.Add(_sequence, _sent);
            _sequence++;
            _lastMark = _sent;
        }
    }

    /// <summary>Lets go of what is not needed any more: what was sent, or where it may be said again, what was heard.</summary>
    private void Forget()
    {
        long needed = _levels is null ? _sent : _heard;
        _queue.Skip((int)(needed - _kept));
        _kept = needed;
    }

    private void TakeTones()
    {
        while (!_tones.IsEmpty && (_last is null || _lastIsComplete) && _tones.TryTake(_queue, _enqueued, out PlaybackItem? keys))
        {
            Add(keys);
            _enqueued = keys.End;
            _idleTold = false;
        }
    }
}
