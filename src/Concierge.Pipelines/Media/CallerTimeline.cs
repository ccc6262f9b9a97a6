namespace Concierge.Pipelines.Media;

/// <summary>
/// Places the caller's frames on the carrier's clock: recognises those that come twice or too late, and says how much silence is missing before the next
/// one. A late frame is not put back in its place: what follows it has been heard by then. The carrier loop's own; nothing is allocated.
/// </summary>
/// <param name="limitOctets">The most silence put in at one gap.</param>
/// <param name="counters">Where repairs are counted.</param>
internal sealed class CallerTimeline(int limitOctets, CallCounters counters)
{
    private const int OctetsPerMillisecond = 8;

    /// <summary>How far a carrier's timestamps wander without anything being lost: 60 ms (PROTOCOL A.2 shows up to 33).</summary>
    private const int WanderOctets = 60 * OctetsPerMillisecond;

    /// <summary>Chunks back that a late one is told from a repeated one.</summary>
    private const int Remembered = 64;

    private ulong _seen;        // bit n: chunk _last - n arrived
    private long _last;         // newest chunk number
    private long _missing;      // chunks missing right before the newest one
    private long _position;     // octets placed so far
    private long _base = -1;    // timestamp of position 0

    /// <summary>Takes a frame's number; false for one that must be dropped, which is counted. Negative: the carrier does not number.</summary>
    public bool TryPlace(long chunk)
    {
        _missing = 0;
        if (chunk < 0)
        {
            return true;
        }

        long ahead = chunk - _last;
        if (ahead <= 0)
        {
            // Chunks count from 1 on each track (PROTOCOL A.2).
            ulong bit = -ahead < Remembered ? 1UL << (int)-ahead : 0;
            bool repeated = bit == 0 || (_seen & bit) != 0;
            _seen |= bit;
            if (repeated)
            {
                counters.CallerFramesRepeated++;
            }
            else
            {
                counters.CallerFramesLate++;
            }

            return false;
        }

        if (_last > 0)
        {
            _missing = ahead - 1;
            counters.CallerChunksMissing += _missing;
        }

        _seen = ahead < Remembered ? (_seen << (int)ahead) | 1 : 1;
        _last = chunk;
        return true;
    }

    /// <summary>How much silence belongs before a frame, in octets of mu-law; it counts as placed.</summary>
    /// <param name="timestampMs">The frame's timestamp; negative when the carrier gives none.</param>
    /// <param name="frameOctets">The frame's own length, about: what a missing one would have had.</param>
    public int SilenceBefore(long timestampMs, int frameOctets)
    {
        if (timestampMs < 0)
        {
            return 0;
        }

        if (_base < 0)
        {
            _base = timestampMs;
        }

        long gap = ((timestampMs - _base) * OctetsPerMillisecond) - _position;
        if (gap < -WanderOctets)
        {
            // Back in time, or behind silence that we had put in ourselves: from here on this is the clock.
            Rebase(timestampMs);
            return 0;
        }

        long lost = _missing * frameOctets;
        if (lost > 0 && Math.Abs(gap - lost) < WanderOctets)
        {
            gap = lost; // the numbers say exactly what the timestamps say roughly
        }

        if (gap < (lost > 0 ? 1 : WanderOctets))
        {
            return 0;
        }

        int filled = (int)Math.Min(gap, limitOctets);
        _position += filled;
        counters.CallerGapsFilled++;
        counters.CallerSilenceOctets += filled;
        if (filled < gap)
        {
            Rebase(timestampMs);
        }

        return filled;
    }

    /// <summary>Audio was placed, the carrier's or ours.</summary>
    public void Advance(int octets) => _position += octets;

    private void Rebase(long timestampMs) => _base = timestampMs - (_position / OctetsPerMillisecond);
}
