using Concierge.Protocols.Text;

namespace Concierge.Protocols.MediaStreams;

/// <summary>
/// A mark to the carrier: <c>{"event":"mark","streamSid":"...","mark":{"name":"..."}}</c>. It comes back when the audio sent before it has been played, or at once
/// after a <c>clear</c>.
/// </summary>
public readonly ref struct MarkMessage
{
    private readonly ReadOnlySpan<byte> _streamSid;
    private readonly ReadOnlySpan<byte> _name;

    /// <summary>Lends the parts; they are read when <see cref="Write"/> runs.</summary>
    /// <param name="streamSid">The stream's id in UTF-8, unescaped.</param>
    /// <param name="name">Any UTF-8 text; it is escaped.</param>
    public MarkMessage(ReadOnlySpan<byte> streamSid, ReadOnlySpan<byte> name)
    {
        _streamSid = streamSid;
        _name = name;
        Length = Head.Length + JsonText.EscapedLength(streamSid) + Middle.Length + JsonText.EscapedLength(name) + Tail.Length;
    }

    /// <summary>Bytes that <see cref="Write"/> fills.</summary>
    public int Length { get; }

    private static ReadOnlySpan<byte> Head => "{\"event\":\"mark\",\"streamSid\":\""u8;

    private static ReadOnlySpan<byte> Middle => "\",\"mark\":{\"name\":\""u8;

    private static ReadOnlySpan<byte> Tail => "\"}}"u8;

    /// <summary>Writes the message.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes; no byte beyond them is touched.</param>
    public void Write(Span<byte> destination)
    {
        Head.CopyTo(destination);
        int at = Head.Length + JsonText.WriteEscaped(_streamSid, destination[Head.Length..]);
        Middle.CopyTo(destination[at..]);
        at += Middle.Length;
        at += JsonText.WriteEscaped(_name, destination[at..]);
        Tail.CopyTo(destination[at..]);
    }
}
