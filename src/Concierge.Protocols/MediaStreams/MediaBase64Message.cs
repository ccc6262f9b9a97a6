namespace Concierge.Protocols.MediaStreams;

/// <summary>
/// Audio to the carrier that is base64 text already: pass-through of a model's mu-law delta, with no decoding in between. Same shape as <see cref="MediaMessage"/>.
/// </summary>
public readonly ref struct MediaBase64Message
{
    private readonly ReadOnlySpan<byte> _head;
    private readonly ReadOnlySpan<byte> _payload;

    /// <summary>Lends the text; it is read when <see cref="Write"/> runs.</summary>
    /// <param name="head">The stream's.</param>
    /// <param name="payload">Base64 text, copied as it stands: what a parser of this assembly returned, or what <see cref="Base64Text.IsValid"/> accepts. Nothing is escaped here.</param>
    /// <exception cref="ArgumentNullException">There is no head.</exception>
    public MediaBase64Message(MediaHead head, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(head);
        _head = head.Text;
        _payload = payload;
        Length = _head.Length + payload.Length + MediaHead.Tail.Length;
    }

    /// <summary>Bytes that <see cref="Write"/> fills.</summary>
    public int Length { get; }

    /// <summary>Writes the message.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes; no byte beyond them is touched.</param>
    public void Write(Span<byte> destination)
    {
        _head.CopyTo(destination);
        _payload.CopyTo(destination[_head.Length..]);
        MediaHead.Tail.CopyTo(destination[(_head.Length + _payload.Length)..]);
    }
}
