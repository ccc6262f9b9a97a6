using Concierge.Protocols;
using Concierge.Protocols.Realtime;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Media;

/// <summary><see cref="AppendAudioMessage"/> as it goes to the wire: encoded and masked in one pass.</summary>
/// <param name="audio">Raw octets in the session's input format, lent until the message is written.</param>
internal readonly ref struct AppendAudioPayload(ReadOnlySpan<byte> audio) : IWebSocketPayload
{
    private readonly ReadOnlySpan<byte> _audio = audio;

    /// <inheritdoc/>
    public int Length { get; } = new AppendAudioMessage(audio).Length;

    /// <inheritdoc/>
    public void Write(Span<byte> destination, uint maskKey)
    {
        maskKey = WebSocketMask.Apply(AppendAudioMessage.Head, destination, maskKey);
        destination = destination[AppendAudioMessage.Head.Length..];
        int letters = Base64Text.Encode(_audio, destination, maskKey);
        WebSocketMask.Apply(AppendAudioMessage.Tail, destination[letters..], maskKey);
    }
}
