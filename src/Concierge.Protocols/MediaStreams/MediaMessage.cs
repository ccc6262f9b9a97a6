using System.Buffers.Text;

namespace Concierge.Protocols.MediaStreams;

/// <summary>
/// Audio to the carrier: <c>{"event":"media","streamSid":"...","media":{"payload":"..."}}</c>. Exactly these keys: Twilio refuses any other (warning 31951).
/// </summary>
public readonly ref struct MediaMessage
{
    private readonly ReadOnlySpan<byte> _streamSid;
    private readonly bool _sidIsPlain;
    private readonly ReadOnlySpan<byte> _muLaw;

    /// <summary>Lends the parts; they are read when <see cref="Write"/> runs.</summary>
    /// <param name="streamSid">The stream's id in UTF-8, unescaped.</param>
    /// <param name="muLaw">Headerless mu-law at 8 kHz, any length; it need not be whole frames.</param>
    public MediaMessage(ReadOnlySpan<byte> streamSid, ReadOnlySpan<byte> muLaw)
    {
        _streamSid = streamSid;
        _muLaw = muLaw;
        Length = MediaEnvelope.Length(streamSid, Base64.GetMaxEncodedToUtf8Length(muLaw.Length), out _sidIsPlain);
    }

    /// <summary>Bytes that <see cref="Write"/> fills.</summary>
    public int Length { get; }

    /// <summary>Writes the message.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes; no byte beyond them is touched.</param>
    public void Write(Span<byte> destination)
    {
        int at = MediaEnvelope.WriteHead(_streamSid, _sidIsPlain, destination);
        at += Base64Text.Encode(_muLaw, destination[at..Length], maskKey: 0);
        MediaEnvelope.WriteTail(destination[at..]);
    }
}
