using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Concierge.WebSockets;

/// <summary>Formats frame headers (RFC 6455 §5.2), always in the shortest form of the length.</summary>
public static class WebSocketFrameFormatter
{
    /// <summary>Octets of the header of a frame.</summary>
    /// <param name="payloadLength">Octets of payload, not negative.</param>
    /// <param name="masked">Whether a masking key is part of it.</param>
    public static int HeaderLength(long payloadLength, bool masked) =>
        (payloadLength < 126 ? 2 : payloadLength < 65536 ? 4 : 10) + (masked ? 4 : 0);

    /// <summary>Writes a header and returns its octets.</summary>
    /// <param name="destination">At least <see cref="HeaderLength"/> octets.</param>
    /// <param name="opcode">The opcode.</param>
    /// <param name="fin">Whether the frame is its message's last.</param>
    /// <param name="payloadLength">Octets of payload, not negative.</param>
    /// <param name="masked">Whether the payload is masked.</param>
    /// <param name="maskKey">The key, its first octet in the lowest byte; unused when not masked.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteHeader(Span<byte> destination, WebSocketOpcode opcode, bool fin, long payloadLength, bool masked, uint maskKey)
    {
        int head = (fin ? 0x80 : 0) | (int)opcode | (masked ? 0x8000 : 0);
        int position;
        if (payloadLength is >= 126 and < 65536)
        {
            // Nearly every frame that carries media: its header is one word, or two with the key.
            head |= (126 << 8) | (BinaryPrimitives.ReverseEndianness((ushort)payloadLength) << 16);
            BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)head);
            position = 4;
        }
        else if (payloadLength < 126)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(destination, (ushort)(head | ((int)payloadLength << 8)));
            position = 2;
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(destination, (ushort)(head | (127 << 8)));
            BinaryPrimitives.WriteUInt64BigEndian(destination[2..], (ulong)payloadLength);
            position = 10;
        }

        if (masked)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[position..], maskKey);
            position += 4;
        }

        return position;
    }

    /// <summary>The octets of the whole frame at the start of a buffer that this class wrote.</summary>
    internal static int FrameLength(ReadOnlySpan<byte> frame)
    {
        int mask = (frame[1] & 0x80) != 0 ? 4 : 0;
        int length = frame[1] & 0x7F;
        return mask + length switch
        {
            126 => 4 + BinaryPrimitives.ReadUInt16BigEndian(frame[2..]),
            127 => 10 + (int)BinaryPrimitives.ReadUInt64BigEndian(frame[2..]),
            _ => 2 + length,
        };
    }
}
