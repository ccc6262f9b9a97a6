using System.Buffers.Text;

namespace Concierge.Protocols.Realtime;

/// <summary>
/// Audio to the model: <c>{"type":"input_audio_buffer.append","audio":"..."}</c>. The server never acknowledges it.
/// </summary>
public readonly ref struct AppendAudioMessage
{
    /// <summary>The most base64 text that one event may carry: 15 MiB (API reference, <c>input_audio_buffer.append</c>).</summary>
    public const int MaximumTextLength = 15 * 1024 * 1024;

    private readonly ReadOnlySpan<byte> _audio;

    /// <summary>Lends the audio; it is read when <see cref="Write"/> runs.</summary>
    /// <param name="audio">Raw bytes in the session's input format; 16-bit PCM is little-endian. Empty is allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">As base64 the audio is longer than <see cref="MaximumTextLength"/>.</exception>
    public AppendAudioMessage(ReadOnlySpan<byte> audio)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(audio.Length, MaximumTextLength / 4 * 3, nameof(audio));
        _audio = audio;
        Length = Head.Length + Base64.GetMaxEncodedToUtf8Length(audio.Length) + Tail.Length;
    }

    /// <summary>Bytes that <see cref="Write"/> fills.</summary>
    public int Length { get; }

    /// <summary>What stands before the base64 text, for who writes the parts in passes of his own.</summary>
    public static ReadOnlySpan<byte> Head => "{\"type\":\"input_audio_buffer.append\",\"audio\":\""u8;

    /// <summary>What stands behind the base64 text.</summary>
    public static ReadOnlySpan<byte> Tail => "\"}"u8;

    /// <summary>Writes the event.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes; no byte beyond them is touched.</param>
    public void Write(Span<byte> destination)
    {
        Head.CopyTo(destination);
        int written = Base64Text.Encode(_audio, destination[Head.Length..Length], maskKey: 0);
        Tail.CopyTo(destination[(Head.Length + written)..]);
    }
}
