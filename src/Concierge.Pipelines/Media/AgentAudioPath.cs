using System.Buffers;
using System.Runtime.InteropServices;
using Concierge.Audio;
using Concierge.Pipelines.Playback;
using Concierge.Protocols;
using Concierge.Protocols.Realtime;

namespace Concierge.Pipelines.Media;

/// <summary>
/// The agent's voice on its way to the caller: base64 of a delta → (PCM16 24 kHz → 8 kHz | A-law | as it is) → mu-law in the ledger.
/// Deltas come in any size and are taken in pieces; the resampler's state runs on from delta to delta. Used by the model loop alone.
/// Nothing is allocated per delta.
/// </summary>
internal sealed class AgentAudioPath(CallSessionOptions options, PlaybackLedger ledger)
{
    /// <summary>Octets converted at a time: whole samples, and not more of them than the scratch has room for.</summary>
    private const int PieceOctets = AudioScratch.PieceText / 4 * 3;

    private readonly CallAudioMode _mode = options.AudioMode;
    private readonly ResamplerStage? _down = options.AudioMode == CallAudioMode.Pcm16
        ? new ResamplerStage(PolyphaseFilter.For(24000, 8000, options.Resampling))
        : null;

    private bool _dirty; // the resampler holds the last millisecond or two of something that has not come out

    /// <summary>Queues one delta's audio. The whole delta is checked before any of it is taken.</summary>
    public AgentAudioStatus Forward(in RealtimeServerEvent delta)
    {
        // One pass: the decoder is as strict as a check before it would be. The scratch takes 1.3 s of PCM16; a longer delta borrows memory.
        int room = Base64Text.MaximumDecodedLength(delta.Delta.Length);
        AudioScratch scratch = AudioScratch.Current;
        byte[]? rented = room <= scratch.Payload.Length ? null : ArrayPool<byte>.Shared.Rent(room);
        try
        {
            byte[] octets = rented ?? scratch.Payload;
            return Base64Text.Decode(delta.Delta, delta.DeltaHasEscapes, octets, out int length) == Base64TextError.None && IsWhole(length)
                ? Queue(delta, octets.AsSpan(0, length), scratch)
                : AgentAudioStatus.Rejected;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>
    /// The part has no more audio: pushes out what the resampling filter still holds, so that the last sound is heard now and not at the
    /// start of the next answer.
    /// </summary>
    public void Finish(ReadOnlySpan<byte> responseId, ReadOnlySpan<byte> itemId, int contentIndex)
    {
        if (_down is not null && _dirty)
        {
            AudioScratch scratch = AudioScratch.Current;
            int tail = (int)Math.Ceiling(2 * _down.Filter.GroupDelaySeconds * _down.Filter.InputRate);
            Span<short> silence = scratch.Wide.AsSpan(0, Math.Min(tail, scratch.Wide.Length));
            silence.Clear();
            Span<short> narrow = scratch.Narrow.AsSpan(0, _down.Process(silence, scratch.Narrow));
            int octets = MuLaw.Encode(narrow, scratch.Companded);
            ledger.TryEnqueue(responseId, itemId, contentIndex, scratch.Companded.AsSpan(0, octets), 0);
            Reset();
        }

        ledger.Complete(itemId, contentIndex);
    }

    /// <summary>Back to silence, after an interruption.</summary>
    public void Reset()
    {
        _down?.Reset();
        _dirty = false;
    }

    private AgentAudioStatus Queue(in RealtimeServerEvent delta, ReadOnlySpan<byte> octets, AudioScratch scratch)
    {
        while (!octets.IsEmpty)
        {
            ReadOnlySpan<byte> piece = octets[..Math.Min(octets.Length, PieceOctets)];
            octets = octets[piece.Length..];
            if (!TryQueue(delta, piece, isLast: octets.IsEmpty, scratch))
            {
                return AgentAudioStatus.Overflow;
            }
        }

        return AgentAudioStatus.Queued;
    }

    private bool IsWhole(int octets) => octets > 0 && (_mode != CallAudioMode.Pcm16 || (octets & 1) == 0);

    private bool TryQueue(in RealtimeServerEvent delta, ReadOnlySpan<byte> octets, bool isLast, AudioScratch scratch)
    {
        long microseconds = _mode == CallAudioMode.Pcm16 ? octets.Length * 1_000_000L / 48_000 : octets.Length * 125L;
        return ledger.TryEnqueue(delta.ResponseId, delta.ItemId, delta.ContentIndex, ToMuLaw(octets, scratch), microseconds, pump: isLast);
    }

    private ReadOnlySpan<byte> ToMuLaw(ReadOnlySpan<byte> octets, AudioScratch scratch)
    {
        switch (_mode)
        {
            case CallAudioMode.MuLaw:
                return octets;
            case CallAudioMode.ALaw:
                int decoded = ALaw.Decode(octets, scratch.Narrow);
                return scratch.Companded.AsSpan(0, MuLaw.Encode(scratch.Narrow.AsSpan(0, decoded), scratch.Companded));
            default:
                _dirty = true;
                int samples = _down!.Process(MemoryMarshal.Cast<byte, short>(octets), scratch.Narrow);
                return scratch.Companded.AsSpan(0, MuLaw.Encode(scratch.Narrow.AsSpan(0, samples), scratch.Companded));
        }
    }
}
