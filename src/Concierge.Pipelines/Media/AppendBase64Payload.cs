using Concierge.Protocols.Realtime;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Media;

/// <summary><see cref="AppendBase64Message"/> as it goes to the wire: copied and masked in one pass.</summary>
/// <param name="text">Base64 text, lent until the message is written.</param>
internal readonly ref struct AppendBase64Payload(ReadOnlySpan<byte> text) : IWebSocketPayload
{
    private readonly ReadOnlySpan<byte> _text = text;

    /// <inheritdoc/>
    public int Length { get; } = new AppendBase64Message(text).Length;

    /// <inheritdoc/>
    public void Write(Span<byte> destination, uint maskKey)
    {
        maskKey = WebSocketMask.Apply(AppendAudioMessage.Head, destination, maskKey);
        destination = destination[AppendAudioMessage.Head.Length..];
        maskKey = WebSocketMask.Apply(_text, destination, maskKey);
        WebSocketMask.Apply(AppendAudioMessage.Tail, destination[_text.Length..], maskKey);
    }
}
