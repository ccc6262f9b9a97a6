using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Concierge.Protocols;
using Concierge.Protocols.Realtime;
using Concierge.WebSockets;

namespace Concierge.Pipelines.Media;

/// <summary><see cref="AppendAudioMessage"/> or <see cref="AppendBase64Message"/> as it goes to the wire: encoded or copied, and masked, in one pass.</summary>
/// <param name="audio">Raw octets in the session's input format, or base64 text of them; lent until the message is written.</param>
/// <param name="isBase64">Which of the two it is.</param>
internal readonly ref struct AppendAudioPayload(ReadOnlySpan<byte> audio, bool isBase64) : IWebSocketPayload
{
    private readonly ReadOnlySpan<byte> _audio = audio;
    private readonly bool _isBase64 = isBase64;

    /// <inheritdoc/>
    public int Length { get; } = isBase64 ? new AppendBase64Message(audio).Length : new AppendAudioMessage(audio).Length;

    /// <inheritdoc/>
    public void Write(Span<byte> destination, uint maskKey)
    {
        maskKey = WriteHead(destination, maskKey);
        destination = destination[AppendAudioMessage.Head.Length..];
        int letters = _audio.Length;
        if (_isBase64)
        {
            maskKey = WebSocketMask.Apply(_audio, destination, maskKey);
        }
        else
        {
            letters = Base64Text.Encode(_audio, destination, maskKey);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(destination[letters..], (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(AppendAudioMessage.Tail) ^ maskKey));
    }

    /// <summary>The head as two vectors that overlap: its length is known, so there is nothing to decide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint WriteHead(Span<byte> destination, uint maskKey)
    {
        ReadOnlySpan<byte> head = AppendAudioMessage.Head;
        int second = head.Length - Vector256<byte>.Count;
        uint turned = BitOperations.RotateRight(maskKey, 8 * (second & 3));
        (Vector256.Create(head) ^ Vector256.Create(maskKey).AsByte()).CopyTo(destination);
        (Vector256.Create(head[second..]) ^ Vector256.Create(turned).AsByte()).CopyTo(destination[second..]);
        return BitOperations.RotateRight(maskKey, 8 * (head.Length & 3));
    }
}
