namespace Concierge.Protocols.Realtime;

/// <summary>
/// Audio to the model that is base64 text already: pass-through of a carrier's payload, with no decoding in between. Same event as <see cref="AppendAudioMessage"/>.
/// </summary>
public readonly ref struct AppendBase64Message
{
    private readonly ReadOnlySpan<byte> _text;

    /// <summary>Lends the text; it is read when <see cref="Write"/> runs.</summary>
    /// <param name="text">
    /// Base64 text, copied as it stands: what a parser of this assembly returned, or what <see cref="Base64Text.IsValid"/> accepts. Nothing is escaped here. Two padded
    /// texts must not be joined.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The text is longer than <see cref="AppendAudioMessage.MaximumTextLength"/>.</exception>
    public AppendBase64Message(ReadOnlySpan<byte> text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, AppendAudioMessage.MaximumTextLength, nameof(text));
        _text = text;
        Length = AppendAudioMessage.Head.Length + text.Length + AppendAudioMessage.Tail.Length;
    }

    /// <summary>Bytes that <see cref="Write"/> fills.</summary>
    public int Length { get; }

    /// <summary>Writes the event.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes; no byte beyond them is touched.</param>
    public void Write(Span<byte> destination)
    {
        AppendAudioMessage.Head.CopyTo(destination);
        _text.CopyTo(destination[AppendAudioMessage.Head.Length..]);
        AppendAudioMessage.Tail.CopyTo(destination[(AppendAudioMessage.Head.Length + _text.Length)..]);
    }
}
