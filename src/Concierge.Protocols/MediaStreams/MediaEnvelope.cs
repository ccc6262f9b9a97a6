using Concierge.Protocols.Text;

namespace Concierge.Protocols.MediaStreams;

/// <summary>What stands around the payload of an outgoing <c>media</c> message.</summary>
internal static class MediaEnvelope
{
    private static ReadOnlySpan<byte> Head => "{\"event\":\"media\",\"streamSid\":\""u8;

    private static ReadOnlySpan<byte> Middle => "\",\"media\":{\"payload\":\""u8;

    private static ReadOnlySpan<byte> Tail => "\"}}"u8;

    internal static int Length(ReadOnlySpan<byte> streamSid, int payloadLength, out bool isPlain)
    {
        int sidLength = JsonText.EscapedLength(streamSid);
        isPlain = sidLength == streamSid.Length;
        return Head.Length + sidLength + Middle.Length + payloadLength + Tail.Length;
    }

    /// <returns>Where the payload begins.</returns>
    internal static int WriteHead(ReadOnlySpan<byte> streamSid, bool isPlain, Span<byte> destination)
    {
        Head.CopyTo(destination);
        int at = Head.Length;
        if (isPlain)
        {
            streamSid.CopyTo(destination[at..]);
            at += streamSid.Length;
        }
        else
        {
            at += JsonText.WriteEscaped(streamSid, destination[at..]);
        }

        Middle.CopyTo(destination[at..]);
        return at + Middle.Length;
    }

    internal static void WriteTail(Span<byte> destination) => Tail.CopyTo(destination);
}
