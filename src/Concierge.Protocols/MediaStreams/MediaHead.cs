using Concierge.Protocols.Text;

namespace Concierge.Protocols.MediaStreams;

/// <summary>What stands before the payload of every <c>media</c> message to one stream; made once, when the stream's id is known. Immutable.</summary>
public sealed class MediaHead
{
    private readonly byte[] _text;

    /// <summary>Writes what a stream's messages have in common.</summary>
    /// <param name="streamSid">The stream's id in UTF-8, unescaped.</param>
    public MediaHead(ReadOnlySpan<byte> streamSid)
    {
        _text = new byte[Before.Length + JsonText.EscapedLength(streamSid) + After.Length];
        Before.CopyTo(_text);
        int at = Before.Length + JsonText.WriteEscaped(streamSid, _text.AsSpan(Before.Length));
        After.CopyTo(_text.AsSpan(at));
    }

    internal static ReadOnlySpan<byte> Tail => "\"}}"u8;

    internal ReadOnlySpan<byte> Text => _text;

    private static ReadOnlySpan<byte> Before => "{\"event\":\"media\",\"streamSid\":\""u8;

    private static ReadOnlySpan<byte> After => "\",\"media\":{\"payload\":\""u8;
}
