using Concierge.Protocols.Text;

namespace Concierge.Protocols.MediaStreams;

/// <summary>Drops the audio that the carrier has not played: <c>{"event":"clear","streamSid":"..."}</c>. All pending marks come back, played or not.</summary>
public readonly ref struct ClearMessage
{
    private readonly ReadOnlySpan<byte> _streamSid;

    /// <summary>Lends the id; it is read when <see cref="Write"/> runs.</summary>
    /// <param name="streamSid">The stream's id in UTF-8, unescaped.</param>
    public ClearMessage(ReadOnlySpan<byte> streamSid)
    {
        _streamSid = streamSid;
        Length = Head.Length + JsonText.EscapedLength(streamSid) + Tail.Length;
    }

    /// <summary>Bytes that <see cref="Write"/> fills.</summary>
    public int Length { get; }

    private static ReadOnlySpan<byte> Head => "{\"event\":\"clear\",\"streamSid\":\""u8;

    private static ReadOnlySpan<byte> Tail => "\"}"u8;

    /// <summary>Writes the message.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes; no byte beyond them is touched.</param>
    public void Write(Span<byte> destination)
    {
        Head.CopyTo(destination);
        int at = Head.Length + JsonText.WriteEscaped(_streamSid, destination[Head.Length..]);
        Tail.CopyTo(destination[at..]);
    }
}
