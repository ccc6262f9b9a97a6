namespace Concierge.Simulation.Load;

/// <summary>One direction of one call: stamps frames where they leave, finds the stamps where they arrive, and knows when each left.</summary>
/// <param name="tally">Where the direction is counted.</param>
/// <param name="callId">The call, 0 to <see cref="LoadStamp.MaxValue"/>.</param>
/// <param name="sends">What is sent.</param>
internal sealed class LoadFlow(LoadTally tally, int callId, LoadAudioFormat sends)
{
    /// <summary>20 s of frames.</summary>
    private const int Ring = 1024;

    /// <summary>One frame in this many names the call instead of itself; at the start every other one does.</summary>
    private const int IdEvery = 64;

    private const int FirstIds = 32;

    /// <summary>Somebody who speaks draws breath: the last 400 ms of each 3 s are silence. Sound without a pause is taken for hold music, and rightly.</summary>
    private const int Phrase = 150;

    private const int Breath = 20;

    /// <summary>When the frames left that count and have not arrived; 0 for the others.</summary>
    private readonly long[] _sentAt = new long[Ring];
    private long _next;
    private long _lastReceived = -1;

    /// <summary>Frames sent.</summary>
    public long Sent => _next;

    /// <summary>Makes the next frame.</summary>
    /// <param name="text">Takes its base64.</param>
    /// <param name="now">When it leaves, in nanoseconds.</param>
    /// <returns>Its characters.</returns>
    public int Next(Span<byte> text, long now)
    {
        long index = _next++;
        bool isId = index < FirstIds ? (index & 1) == 0 : index % IdEvery == 0;
        bool silent = index % Phrase >= Phrase - Breath;
        bool counts = tally.Counting && !isId && !silent;
        _sentAt[index % Ring] = counts ? now : 0;
        if (counts)
        {
            tally.Sent++;
        }

        return silent
            ? LoadStampText.WriteSilence(text, sends)
            : LoadStampText.Write(text, sends, isId ? callId : (int)(index & LoadStamp.MaxValue), isId);
    }

    /// <summary>A frame's stamp has arrived.</summary>
    /// <param name="value">As stamped.</param>
    /// <param name="now">When, in nanoseconds.</param>
    public void Arrived(int value, long now)
    {
        // The latest frame sent that has this number.
        long index = ((_next - 1) & ~(long)LoadStamp.MaxValue) | (uint)value;
        if (index >= _next)
        {
            index -= LoadStamp.MaxValue + 1;
        }

        if (index < 0 || index <= _lastReceived || index <= _next - Ring)
        {
            tally.Repeated++;
            return;
        }

        _lastReceived = index;
        ref long sentAt = ref _sentAt[index % Ring];
        if (sentAt != 0)
        {
            tally.Add(now - sentAt);
            sentAt = 0;
        }
    }
}
