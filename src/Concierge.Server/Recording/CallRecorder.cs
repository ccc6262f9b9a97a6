using Concierge.Pipelines;

namespace Concierge.Server.Recording;

/// <summary>
/// Records one call: both voices on one time axis, the caller's by the carrier's clock, the agent's where it was heard. Copies frames into rings and hands
/// what can no longer change to the writer's thread; nothing here touches the disk.
/// </summary>
/// <remarks>Fed by both media loops and the node's wheel, under a lock of this call's own. The agent's audio lies ahead of time until it is played: a clear takes it back.</remarks>
internal sealed class CallRecorder : ICallAudioTap
{
    private const int PerMillisecond = 8;
    private const int Wander = 60 * PerMillisecond;
    private const byte Silence = 0xFF;
    private const int Jitter = 10 * PerMillisecond;
    private const int MostCaught = 5_000 * PerMillisecond;

    /// <summary>How long the past may still change: late frames of the caller.</summary>
    private const int Settled = 600 * PerMillisecond;

    private readonly Lock _gate = new();
    private readonly RecordingWriter _writer;
    private readonly RecordingFile _file;
    private readonly byte[] _caller;
    private readonly byte[] _agent;
    private bool _begun;
    private bool _over;
    private TimeSpan _origin;      // of position 0, on the session's clock
    private long _committed;       // position up to which everything has been handed over
    private long _callerNext;      // where the caller's next frame belongs
    private long _callerBase = -1; // position of the caller's first frame
    private long _firstTimestamp = -1;
    private long _caught;          // how much later than it seemed everything lies

    /// <param name="writer">The node's writer.</param>
    /// <param name="name">The file's name without extension.</param>
    /// <param name="ahead">How far ahead of time the agent's audio may lie: the playback window.</param>
    public CallRecorder(RecordingWriter writer, string name, TimeSpan ahead)
    {
        _writer = writer;
        _file = writer.Create(name);
        int room = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(Settled + RecordingBlock.Samples + ((ahead.TotalMilliseconds + 200) * PerMillisecond)));
        _caller = new byte[room];
        _agent = new byte[room];
        _caller.AsSpan().Fill(Silence);
        _agent.AsSpan().Fill(Silence);
    }

    public void OnCaller(TimeSpan now, long timestampMs, ReadOnlySpan<byte> muLaw)
    {
        lock (_gate)
        {
            Begin(now - TimeSpan.FromMilliseconds((double)muLaw.Length / PerMillisecond));
            if (_callerBase < 0)
            {
                _callerBase = _callerNext = Math.Max(0, PositionOf(now) - muLaw.Length);
                _firstTimestamp = timestampMs;
            }

            if (timestampMs >= 0 && _firstTimestamp >= 0)
            {
                long byClock = _callerBase + ((timestampMs - _firstTimestamp) * PerMillisecond);
                _callerNext = Math.Abs(byClock - _callerNext) < Wander ? _callerNext : byClock;
            }

            Place(_caller, _callerNext, muLaw);
            _callerNext += muLaw.Length;
            Catch(now);
            Commit(now);
        }
    }

    public void OnAgent(TimeSpan now, TimeSpan heardAt, ReadOnlySpan<byte> muLaw)
    {
        lock (_gate)
        {
            Begin(now);
            Place(_agent, PositionOf(heardAt), muLaw);
        }
    }

    public void OnCleared(TimeSpan now)
    {
        lock (_gate)
        {
            if (_begun)
            {
                Erase(Math.Max(_committed, PositionOf(now)), _committed + _agent.Length);
            }
        }
    }

    public void OnTime(TimeSpan now)
    {
        lock (_gate)
        {
            if (_begun)
            {
                Commit(now);
            }
        }
    }

    /// <summary>The call is over: hands over the rest and waits until the file is closed, for as long as the token allows.</summary>
    /// <param name="ended">When the call ended, on the session's clock.</param>
    /// <param name="cancellationToken">Ends the wait; the file is closed all the same.</param>
    /// <returns>What there is of it; null when the call carried no audio.</returns>
    public async Task<CallRecording?> CompleteAsync(TimeSpan ended, CancellationToken cancellationToken)
    {
        RecordingBlock last;
        lock (_gate)
        {
            if (!_begun || _over)
            {
                return null;
            }

            _over = true;
            long end = Math.Max(_committed, PositionOf(ended));
            while (_committed + RecordingBlock.Samples < end)
            {
                _writer.Post(Take(RecordingBlock.Samples));
            }

            last = Take((int)(end - _committed));
            last.IsLast = true;
        }

        await _writer.PostLastAsync(last, cancellationToken);
        return await _file.Closed.WaitAsync(cancellationToken);
    }

    private long PositionOf(TimeSpan at) => (long)((at - _origin).TotalMilliseconds * PerMillisecond);

    private void Begin(TimeSpan at)
    {
        if (!_begun)
        {
            _begun = true;
            _origin = at;
        }
    }

    private void Place(byte[] ring, long position, ReadOnlySpan<byte> octets)
    {
        long skip = Math.Max(0, _committed - position);
        if (_over || skip >= octets.Length || position + octets.Length > _committed + ring.Length)
        {
            return; // too late, or further ahead than anything is played
        }

        octets = octets[(int)skip..];
        int at = (int)((position + skip) & (ring.Length - 1));
        int first = Math.Min(octets.Length, ring.Length - at);
        octets[..first].CopyTo(ring.AsSpan(at));
        octets[first..].CopyTo(ring);
    }

    private void Erase(long from, long to)
    {
        for (long position = from; position < to; position++)
        {
            _agent[position & (_agent.Length - 1)] = Silence;
        }
    }

    /// <summary>
    /// Nobody is heard before he speaks: when the caller's time is ahead of ours, the first frame came late (a busy start), and everything else lies that much later than it
    /// seemed. Bounded, because a carrier's timestamps may be wrong instead.
    /// </summary>
    private void Catch(TimeSpan now)
    {
        long lead = _callerNext - PositionOf(now);
        if (lead > Jitter && _caught + lead <= MostCaught)
        {
            _caught += lead;
            _origin -= TimeSpan.FromMilliseconds((double)lead / PerMillisecond);
        }
    }

    private void Commit(TimeSpan now)
    {
        // The carrier's frames come in order: behind the last one nothing changes any more, and the agent's side only lies ahead of now. Without frames it is waited for them.
        long settled = Math.Max(PositionOf(now) - Settled, Math.Min(PositionOf(now), _callerNext) - Wander);
        while (!_over && _committed + RecordingBlock.Samples <= settled)
        {
            _writer.Post(Take(RecordingBlock.Samples));
        }
    }

    private RecordingBlock Take(int samples)
    {
        RecordingBlock block = _writer.Rent();
        block.File = _file;
        block.Position = _committed;
        block.Length = samples;
        Move(_caller, block.Caller.AsSpan(0, samples));
        Move(_agent, block.Agent.AsSpan(0, samples));
        _committed += samples;
        return block;
    }

    /// <summary>Out of a ring, leaving silence behind.</summary>
    private void Move(byte[] ring, Span<byte> destination)
    {
        int at = (int)(_committed & (ring.Length - 1));
        int first = Math.Min(destination.Length, ring.Length - at);
        ring.AsSpan(at, first).CopyTo(destination);
        ring.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
        ring.AsSpan(at, first).Fill(Silence);
        ring.AsSpan(0, destination.Length - first).Fill(Silence);
    }
}
