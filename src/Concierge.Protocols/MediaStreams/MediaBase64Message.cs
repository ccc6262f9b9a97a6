namespace Concierge.Protocols.MediaStreams;

/// <summary>
/// Audio to the carrier that is base64 text already: pass-through of a model's mu-law delta, with no decoding in between. Same shape as <see cref="MediaMessage"/>.
/// </summary>
public readonly ref struct MediaBase64Message
{
    private readonly ReadOnlySpan<byte> _streamSid;
    private readonly bool _sidIsPlain;
    private readonly ReadOnlySpan<byte> _payload;

    /// <summary>Lends the parts; they are read when <see cref="Write"/> runs.</summary>
    /// <param name="streamSid">The stream's id in UTF-8, unescaped.</param>
    /// <param name="payload">Base64 text, copied as it stands: what a parser of this assembly returned, or what <see cref="Base64Text.IsValid"/> accepts. Nothing is escaped here.</param>
    public MediaBase64Message(ReadOnlySpan<byte> streamSid, ReadOnlySpan<byte> payload)
    {
        _streamSid = streamSid;
        _payload = payload;
        Length = MediaEnvelope.Length(streamSid, payload.Length, out _sidIsPlain);
    }

    /// <summary>Bytes that <see cref="Write"/> fills.</summary>
    public int Length { get; }

    /// <summary>Writes the message.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes; no byte beyond them is touched.</param>
    public void Write(Span<byte> destination)
    {
        int at = MediaEnvelope.WriteHead(_streamSid, _sidIsPlain, destination);
        _payload.CopyTo(destination[at..]);
        MediaEnvelope.WriteTail(destination[(at + _payload.Length)..]);
    }
}
