using Concierge.Protocols.Text;

namespace Concierge.Protocols.MediaStreams;

/// <summary>What stands around the payload of an outgoing <c>media</c> message.</summary>
internal static class MediaEnvelope
{
    private static ReadOnlySpan<byte> Head => "{\"event\":\"media\",\"streamSid\":\""u8;

    private static ReadOnlySpan<byte> Middle => "\",\"media\":{\"payload\":\""u8;

    private static ReadOnlySpan<byte> Tail => "\"}}"u8;

    internal static int Length(ReadOnlySpan<byte> streamSid, int payloadLength) =>
        Head.Length + JsonText.EscapedLength(streamSid) + Middle.Length + payloadLength + Tail.Length;

    /// <returns>Where the payload begins.</returns>
    internal static int WriteHead(ReadOnlySpan<byte> streamSid, Span<byte> destination)
    {
        Head.CopyTo(destination);
        int at = Head.Length + JsonText.WriteEscaped(streamSid, destination[Head.Length..]);
        Middle.CopyTo(destination[at..]);
        return at + Middle.Length;
    }

    internal static void WriteTail(Span<byte> destination) => Tail.CopyTo(destination);
}
