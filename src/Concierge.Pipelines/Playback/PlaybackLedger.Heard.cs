namespace Concierge.Pipelines.Playback;

/// <content>What the caller has heard: proven by marks, estimated by the clock in between, and told. Under the ledger's lock.</content>
internal sealed partial class PlaybackLedger
{
    private void HeardUpTo(long position, TimeSpan at)
    {
        if (position > _heard)
        {
            _heard = position;
            Forget();
        }

        _clockPosition = position;
        _clockTime = at;
        TellPlayed(position, at);
        SettleHeard();
    }

    private void TellPlayed(long position, TimeSpan at)
    {
        foreach (PlaybackItem item in _items)
        {
            if (!item.Heard && !item.IsOurs && item.Start < position)
            {
                item.Heard = true;
                _listener.OnItemPlayed(item, at - Duration(position - item.Start));
            }
        }
    }

    private void SettleHeard()
    {
        while (_items.Count > 0 && _items[0].Complete && _items[0].End <= _heard)
        {
            PlaybackItem item = _items[0];
            _items.RemoveAt(0);
            if (_last == item)
            {
                NoteLast(null);
            }

            if (!item.IsOurs)
            {
                _listener.OnItemHeard(item, Duration(item.End - item.Start));
            }
        }

        if (_heard == _enqueued && _tones.IsEmpty)
        {
            TellIdle();
        }
    }

    private void TellStarted(TimeSpan now)
    {
        if (!_hasUnstarted)
        {
            return;
        }

        _hasUnstarted = false;
        foreach (PlaybackItem item in _items)
        {
            if (item.Started)
            {
                continue;
            }

            if (item.Start >= _sent)
            {
                _hasUnstarted = true;
                continue;
            }

            item.Started = true;
            if (!item.IsOurs)
            {
                _listener.OnItemStarted(item, now);
            }
        }
    }

    private void TellIdle()
    {
        if (!_idleTold)
        {
            _idleTold = true;
            _listener.OnIdle();
        }
    }

    /// <summary>What the caller has heard by now: proven, or by the clock up to the next mark that has not returned.</summary>
    private long EstimateHeard(TimeSpan now)
    {
        if (_sent == _heard)
        {
            return _heard;
        }

        long byClock = _clockPosition + ((now - _clockTime).Ticks * OctetsPerSecond / TimeSpan.TicksPerSecond);
        long limit = _marks.TryPeek(out long next) ? next : _sent;
        return Math.Clamp(byClock, _heard, limit);
    }

    private bool IsOverdue(long position, TimeSpan now)
    {
        long dueTicks = (position - _clockPosition) * (TimeSpan.TicksPerSecond / OctetsPerSecond);
        return (now - _clockTime).Ticks > dueTicks + Grace.Ticks;
    }
}
