using System.Buffers.Text;

namespace Concierge.Protocols.MediaStreams;

/// <summary>
/// Audio to the carrier: <c>{"event":"media","streamSid":"...","media":{"payload":"..."}}</c>. Exactly these keys: Twilio refuses any other (warning 31951).
/// </summary>
public readonly ref struct MediaMessage
{
    private readonly ReadOnlySpan<byte> _head;
    private readonly ReadOnlySpan<byte> _muLaw;

    /// <summary>Lends the audio; it is read when <see cref="Write"/> runs.</summary>
    /// <param name="head">The stream's.</param>
    /// <param name="muLaw">Headerless mu-law at 8 kHz, any length; it need not be whole frames.</param>
    /// <exception cref="ArgumentNullException">There is no head.</exception>
    public MediaMessage(MediaHead head, ReadOnlySpan<byte> muLaw)
    {
        ArgumentNullException.ThrowIfNull(head);
        _head = head.Text;
        _muLaw = muLaw;
        Length = _head.Length + Base64.GetMaxEncodedToUtf8Length(muLaw.Length) + MediaHead.Tail.Length;
    }

    /// <summary>Bytes that <see cref="Write"/> fills.</summary>
    public int Length { get; }

    /// <summary>Writes the message.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes; no byte beyond them is touched.</param>
    public void Write(Span<byte> destination)
    {
        _head.CopyTo(destination);
        int end = _head.Length + Base64Text.Encode(_muLaw, destination[_head.Length..Length], maskKey: 0);
        MediaHead.Tail.CopyTo(destination[end..]);
    }
}
