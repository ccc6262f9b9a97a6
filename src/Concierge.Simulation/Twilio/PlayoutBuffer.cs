using Concierge.Simulation.Speech;

namespace Concierge.Simulation.Twilio;

/// <summary>The carrier's play-out: audio in order, marks between it. Positions are bytes since the stream began; one byte is an eighth of a millisecond.</summary>
internal sealed class PlayoutBuffer(int capacity)
{
    private readonly Queue<(TwilioTwinMark Mark, long Position)> _marks = new();
    private byte[] _ring = new byte[65536];
    private int _head;

    public int Count { get; private set; }

    public long Received { get; private set; }

    public long Played => Received - Count;

    /// <summary>Takes audio; what is over the capacity is discarded.</summary>
    /// <returns>False when something was.</returns>
    public bool Append(ReadOnlySpan<byte> audio)
    {
        bool fits = audio.Length <= capacity - Count;
        if (!fits)
        {
            audio = audio[..Math.Max(0, capacity - Count)];
        }

        if (Count + audio.Length > _ring.Length)
        {
            var larger = new byte[Math.Max(_ring.Length * 2, Count + audio.Length)];
            int first = Math.Min(Count, _ring.Length - _head);
            _ring.AsSpan(_head, first).CopyTo(larger);
            _ring.AsSpan(0, Count - first).CopyTo(larger.AsSpan(first));
            _ring = larger;
            _head = 0;
        }

        int tail = (_head + Count) % _ring.Length;
        int before = Math.Min(audio.Length, _ring.Length - tail);
        audio[..before].CopyTo(_ring.AsSpan(tail));
        audio[before..].CopyTo(_ring);
        Count += audio.Length;
        Received += audio.Length;
        return fits;
    }

    public void Mark(TwilioTwinMark mark) => _marks.Enqueue((mark, Received));

    /// <summary>Plays one frame; silence where there is nothing to play.</summary>
    /// <returns>Bytes of audio played.</returns>
    public int Play(Span<byte> frame)
    {
        int length = Math.Min(frame.Length, Count);
        for (int i = 0; i < length; i++)
        {
            frame[i] = _ring[_head];
            _head = _head + 1 == _ring.Length ? 0 : _head + 1;
        }

        Count -= length;
        frame[length..].Fill(TelephoneCodec.MuLawSilence);
        return length;
    }

    /// <summary>The next mark whose audio has been played.</summary>
    public bool TryTakeMark(out TwilioTwinMark mark)
    {
        if (_marks.TryPeek(out (TwilioTwinMark Mark, long Position) next) && next.Position <= Played)
        {
            mark = _marks.Dequeue().Mark;
            return true;
        }

        mark = null!;
        return false;
    }

    /// <summary>Drops all audio. The marks stay: their audio now counts as played.</summary>
    /// <returns>Bytes dropped.</returns>
    public int Clear()
    {
        int dropped = Count;
        _head = (_head + Count) % _ring.Length;
        Count = 0;
        return dropped;
    }
}
