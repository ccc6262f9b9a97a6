using System.Diagnostics.CodeAnalysis;

namespace Concierge.Pipelines.Playback;

/// <summary>Keys that are to be pressed in the stream's own audio and wait for what is being said. The ledger's, under its lock.</summary>
internal sealed class WaitingTones
{
    private readonly Queue<(byte[] MuLaw, int KeyOctets)> _waiting = [];

    /// <summary>Whether none waits.</summary>
    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Adds keys behind those that wait: octets of mu-law, as many per key as <paramref name="keyOctets"/>.</summary>
    public void Add(byte[] muLaw, int keyOctets) => _waiting.Enqueue((muLaw, keyOctets));

    /// <summary>Puts the next keys into the queue of what is played. False when they do not fit yet.</summary>
    /// <param name="queue">What is played.</param>
    /// <param name="position">Where they begin.</param>
    /// <param name="item">The keys as an item of the ledger.</param>
    public bool TryTake(OctetQueue queue, long position, [NotNullWhen(true)] out PlaybackItem? item)
    {
        item = null;
        if (!_waiting.TryPeek(out (byte[] MuLaw, int KeyOctets) keys) || !queue.TryAppend(keys.MuLaw))
        {
            return false;
        }

        _waiting.Dequeue();
        item = new PlaybackItem("keys"u8, "keys"u8, 0, position) { KeyOctets = keys.KeyOctets, Tones = keys.MuLaw, Complete = true, End = position + keys.MuLaw.Length };
        return true;
    }

    /// <summary>Keys that were cut off are pressed again from the first that was not heard whole, before those that have waited since.</summary>
    /// <param name="items">What was cut off, among it the keys.</param>
    /// <param name="heard">The position up to which it was heard.</param>
    public void PressAgain(List<PlaybackItem> items, long heard)
    {
        int later = _waiting.Count;
        foreach (PlaybackItem item in items)
        {
            if (!item.IsOurs)
            {
                continue;
            }

            int pressed = (int)Math.Max(0, heard - item.Start) / item.KeyOctets * item.KeyOctets;
            if (pressed < item.Tones.Length)
            {
                _waiting.Enqueue((item.Tones[pressed..], item.KeyOctets));
            }
        }

        for (; later > 0; later--)
        {
            _waiting.Enqueue(_waiting.Dequeue());
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _waiting.Clear();
}
