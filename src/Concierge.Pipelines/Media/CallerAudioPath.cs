using System.Runtime.InteropServices;
using Concierge.Audio;
using Concierge.Pipelines.Playback;
using Concierge.Protocols;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Media;

/// <summary>
/// The caller's voice on its way to the model: base64 → mu-law → (PCM16 8 kHz → 24 kHz | A-law) → base64 in an append event; where the model takes mu-law, the carrier's base64
/// itself, checked and not decoded.
/// Used by the carrier loop alone. Nothing is allocated per frame.
/// </summary>
internal sealed class CallerAudioPath(CallSessionOptions options, CallCounters counters)
{
    /// <summary>The longest payload that is passed on as it stands: longer ones are cut into pieces of <see cref="AudioScratch.PieceOctets"/>.</summary>
    private const int VerbatimText = AudioScratch.PieceOctets / 3 * 4;

    private static readonly byte[] s_silence = MakeSilence();

    private readonly CallAudioMode _mode = options.AudioMode;
    private readonly ResamplerStage? _up = options.AudioMode == CallAudioMode.Pcm16
        ? new ResamplerStage(PolyphaseFilter.For(8000, 24000, options.Resampling))
        : null;

    private readonly OctetQueue _early = new((int)(options.EarlyAudio.TotalSeconds * 8000));

    /// <summary>
    /// Takes one media payload. While there is no model (<paramref name="model"/> null) the audio is kept, the oldest dropped beyond the
    /// bound; afterwards what was kept goes first.
    /// </summary>
    /// <param name="payload">Base64 text as it stands on the wire.</param>
    /// <param name="hasEscapes">Whether it contains JSON escapes.</param>
    /// <param name="model">The model's writer once its session is ready.</param>
    /// <param name="isBase64">Whether the payload is known to be strict base64.</param>
    /// <param name="decoded">What the payload decodes to, where that is known.</param>
    /// <returns>Octets of mu-law taken; 0 when the payload is not base64 or is empty; it is dropped whole.</returns>
    public int Forward(ReadOnlySpan<byte> payload, bool hasEscapes, WebSocketWriter? model, bool isBase64 = false, ReadOnlySpan<byte> decoded = default)
    {
        if (_mode == CallAudioMode.MuLaw && model is not null && !hasEscapes && _early.Length == 0 && payload.Length <= VerbatimText)
        {
            return ForwardVerbatim(payload, isBase64, model);
        }

        AudioScratch scratch = AudioScratch.Current;
        if (!decoded.IsEmpty)
        {
            Take(decoded, model, scratch);
            return decoded.Length;
        }

        if (Base64Text.Decode(payload, hasEscapes, scratch.Payload, out int length) != Base64TextError.None || length == 0)
        {
            return 0;
        }

        Take(scratch.Payload.AsSpan(0, length), model, scratch);
        return length;
    }

    /// <summary>Takes silence in place of audio that did not come.</summary>
    /// <param name="octets">How much, in octets of mu-law.</param>
    /// <param name="model">The model's writer once its session is ready.</param>
    public void ForwardSilence(int octets, WebSocketWriter? model)
    {
        while (octets > 0)
        {
            int n = Math.Min(octets, s_silence.Length);
            octets -= n;
            Take(s_silence.AsSpan(0, n), model, AudioScratch.Current);
        }
    }

    private void Take(ReadOnlySpan<byte> muLaw, WebSocketWriter? model, AudioScratch scratch)
    {
        if (model is null)
        {
            Keep(muLaw);
            return;
        }

        if (_early.Length > 0 && !TryForwardEarly(model, scratch))
        {
            Keep(muLaw); // behind what is still kept
            return;
        }

        Forward(muLaw, model, scratch);
    }

    /// <summary>
    /// The carrier's own text goes to the model as it stands, one append event for one media message: two padded texts cannot be joined. Checked as strictly as a decoder would.
    /// </summary>
    private int ForwardVerbatim(ReadOnlySpan<byte> payload, bool isBase64, WebSocketWriter model)
    {
        if (payload.IsEmpty || !(isBase64 || Base64Text.IsValid(payload)))
        {
            return 0;
        }

        Count(model.TryAppend(WebSocketOpcode.Text, new AppendAudioPayload(payload, isBase64: true), WebSocketLane.Media));
        return DecodedLength(payload);
    }

    /// <summary>How many octets base64 text stands for; about, where it is escaped or not valid.</summary>
    public static int DecodedLength(ReadOnlySpan<byte> text)
    {
        int padding = text.Length < 4 || text[^1] != (byte)'=' ? 0 : text[^2] != (byte)'=' ? 1 : 2;
        return (text.Length / 4 * 3) - padding;
    }

    /// <summary>Forwards mu-law octets that did not come from the carrier's wire.</summary>
    public void Inject(ReadOnlySpan<byte> muLaw, WebSocketWriter model) => Forward(muLaw, model, AudioScratch.Current);

    /// <summary>Gives the early audio's memory back.</summary>
    public void Close() => _early.Clear();

    private static byte[] MakeSilence()
    {
        byte[] silence = new byte[AudioScratch.PieceOctets];
        silence.AsSpan().Fill(0xFF); // mu-law's zero (G.711)
        return silence;
    }

    private void Keep(ReadOnlySpan<byte> muLaw)
    {
        if (muLaw.Length > _early.Capacity)
        {
            counters.EarlyOctetsDropped += muLaw.Length - _early.Capacity;
            muLaw = muLaw[^_early.Capacity..];
        }

        int over = _early.Length + muLaw.Length - _early.Capacity;
        if (over > 0)
        {
            _early.Skip(over);
            counters.EarlyOctetsDropped += over;
        }

        _early.TryAppend(muLaw);
    }

    /// <summary>
    /// Forwards what was kept, as far as it fits into half of what may wait for the model: handed over all at once its oldest part would be dropped. False while some is left.
    /// </summary>
    private bool TryForwardEarly(WebSocketWriter model, AudioScratch scratch)
    {
        Span<byte> piece = scratch.Octets.AsSpan(0, AudioScratch.PieceOctets);
        while (_early.Length > 0)
        {
            if (model.PendingBytes > options.CallerBudget / 2)
            {
                return false;
            }

            Span<byte> octets = piece[..Math.Min(piece.Length, _early.Length)];
            _early.Peek(octets);
            _early.Skip(octets.Length);
            Forward(octets, model, scratch);
        }

        _early.Clear();
        return true;
    }

    private void Forward(ReadOnlySpan<byte> muLaw, WebSocketWriter model, AudioScratch scratch)
    {
        while (!muLaw.IsEmpty)
        {
            ReadOnlySpan<byte> piece = muLaw[..Math.Min(muLaw.Length, AudioScratch.PieceOctets)];
            muLaw = muLaw[piece.Length..];
            Append(Convert(piece, scratch), model);
        }
    }

    private ReadOnlySpan<byte> Convert(ReadOnlySpan<byte> muLaw, AudioScratch scratch)
    {
        if (_mode == CallAudioMode.MuLaw)
        {
            return muLaw;
        }

        Span<short> narrow = scratch.Narrow.AsSpan(0, MuLaw.Decode(muLaw, scratch.Narrow));
        if (_mode == CallAudioMode.ALaw)
        {
            return scratch.Companded.AsSpan(0, ALaw.Encode(narrow, scratch.Companded));
        }

        // PCM16 on the wire is little-endian, as are the machines this runs on (checked once, by the session).
        int samples = _up!.Process(narrow, scratch.Wide);
        return MemoryMarshal.AsBytes(scratch.Wide.AsSpan(0, samples));
    }

    private void Append(ReadOnlySpan<byte> audio, WebSocketWriter model)
    {
        if (audio.IsEmpty)
        {
            return;
        }

        Count(model.TryAppend(WebSocketOpcode.Text, new AppendAudioPayload(audio, isBase64: false), WebSocketLane.Media));
    }

    private void Count(WebSocketAppendResult result)
    {
        counters.CallerFramesForwarded++;
        if (result is WebSocketAppendResult.DroppedOldest or WebSocketAppendResult.Full)
        {
            counters.CallerFramesBehind++;
        }
    }
}
