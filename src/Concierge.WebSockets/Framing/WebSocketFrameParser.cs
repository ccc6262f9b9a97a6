using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Concierge.WebSockets;

/// <summary>Parses frame headers: a pure function over the octets at hand.</summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3      RFC 6455 §5.2
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-------+-+-------------+-------------------------------+
/// |F|R|R|R| opcode|M| Payload len |    Extended payload length    |
/// |I|S|S|S|  (4)  |A|     (7)     |   0, 2 or 8 octets, network   |
/// |N|V|V|V|       |S|             |   order                       |
/// | |1|2|3|       |K|             |                               |
/// +-+-+-+-+-------+-+-------------+-------------------------------+
/// |  Masking-key, 0 or 4 octets   |   Payload ...                 |
/// +-------------------------------+-------------------------------+
/// </code>
/// A verdict is given from as few octets as decide it: an unmasked frame at a server fails on its second octet, a length above the limit on the first length
/// octet that makes it certain.
/// </remarks>
public static class WebSocketFrameParser
{
    /// <summary>The longest header: 2 octets, 8 of length, 4 of masking key.</summary>
    public const int MaxHeaderLength = 14;

    /// <summary>Parses one header from the start of <paramref name="source"/>.</summary>
    /// <param name="source">What has arrived, from the first octet of a frame on; may hold less or more than the header.</param>
    /// <param name="role">The receiving side.</param>
    /// <param name="insideMessage">Whether a fragmented message is open.</param>
    /// <param name="maxFramePayload">The largest payload of a data frame.</param>
    /// <param name="messageBytesLeft">What the open message may still grow by.</param>
    /// <param name="header">The header, when the result is <see cref="OperationStatus.Done"/>.</param>
    /// <param name="error">The error, when the result is <see cref="OperationStatus.InvalidData"/>.</param>
    /// <returns>Done, NeedMoreData or InvalidData; never DestinationTooSmall.</returns>
    public static OperationStatus Parse(
        ReadOnlySpan<byte> source,
        WebSocketRole role,
        bool insideMessage,
        long maxFramePayload,
        long messageBytesLeft,
        out WebSocketFrameHeader header,
        out WebSocketError error)
    {
        if (TryParseUsual(source, role, insideMessage, Math.Min(maxFramePayload, messageBytesLeft), out header))
        {
            error = WebSocketError.None;
            return OperationStatus.Done;
        }

        return ParseSlow(source, role, insideMessage, maxFramePayload, messageBytesLeft, out header, out error);
    }

    /// <summary>Nearly every frame that carries media: whole and unfragmented, of 126 to 65,535 octets. False says nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryParseUsual(ReadOnlySpan<byte> source, WebSocketRole role, bool insideMessage, long limit, out WebSocketFrameHeader header)
    {
        header = default;
        if (source.Length < 8 || insideMessage)
        {
            return false;
        }

        bool masked = role == WebSocketRole.Server;
        uint head = BinaryPrimitives.ReadUInt32LittleEndian(source);
        int opcode = (int)(head & 0xFF) - 0x80;
        int length = BinaryPrimitives.ReverseEndianness((ushort)(head >> 16));
        if (opcode is not (1 or 2) || (byte)(head >> 8) != (masked ? 0xFE : 0x7E) || length < 126 || length > limit)
        {
            return false;
        }

        header = masked
            ? new WebSocketFrameHeader((WebSocketOpcode)opcode, true, true, BinaryPrimitives.ReadUInt32LittleEndian(source[4..]), length, 8)
            : new WebSocketFrameHeader((WebSocketOpcode)opcode, true, false, 0, length, 4);
        return true;
    }

    /// <summary>Any frame, and the oracle of the usual one.</summary>
    internal static OperationStatus ParseSlow(
        ReadOnlySpan<byte> source,
        WebSocketRole role,
        bool insideMessage,
        long maxFramePayload,
        long messageBytesLeft,
        out WebSocketFrameHeader header,
        out WebSocketError error)
    {
        header = default;
        error = WebSocketError.None;
        if (source.IsEmpty)
        {
            return OperationStatus.NeedMoreData;
        }

        int first = source[0];
        bool fin = (first & 0x80) != 0;
        int opcode = first & 0x0F;
        bool control = (opcode & 0x8) != 0;
        if ((first & 0x70) != 0)
        {
            // §5.2: MUST be 0 unless an extension is negotiated; none ever is.
            return Fail(WebSocketError.ReservedBits, out error);
        }

        if ((opcode & 0x7) > 2)
        {
            return Fail(WebSocketError.ReservedOpcode, out error);
        }

        if (control)
        {
            if (!fin)
            {
                return Fail(WebSocketError.ControlFragmented, out error);
            }
        }
        else if (opcode == 0 != insideMessage)
        {
            // §5.4: fragments of one message follow each other; only control frames come in between.
            return Fail(insideMessage ? WebSocketError.ExpectedContinuation : WebSocketError.UnexpectedContinuation, out error);
        }

        if (source.Length < 2)
        {
            return OperationStatus.NeedMoreData;
        }

        int second = source[1];
        bool masked = (second & 0x80) != 0;
        if (masked != (role == WebSocketRole.Server))
        {
            // §5.1: a server closes on an unmasked frame, a client on a masked one.
            return Fail(masked ? WebSocketError.MaskForbidden : WebSocketError.MaskRequired, out error);
        }

        long length = second & 0x7F;
        int position = 2;
        if (control)
        {
            if (length > 125)
            {
                return Fail(WebSocketError.ControlTooLong, out error);
            }
        }
        else
        {
            if (length >= 126)
            {
                OperationStatus status = ParseExtendedLength(source[2..], length == 126 ? 2 : 8, maxFramePayload, messageBytesLeft, out length, out error);
                if (status != OperationStatus.Done)
                {
                    return status;
                }

                position += (second & 0x7F) == 126 ? 2 : 8;
            }

            if (length > maxFramePayload || length > messageBytesLeft)
            {
                return Fail(length > maxFramePayload ? WebSocketError.FrameTooBig : WebSocketError.MessageTooBig, out error);
            }
        }

        uint key = 0;
        if (masked)
        {
            if (source.Length - position < 4)
            {
                return OperationStatus.NeedMoreData;
            }

            key = BinaryPrimitives.ReadUInt32LittleEndian(source[position..]);
            position += 4;
        }

        header = new WebSocketFrameHeader((WebSocketOpcode)opcode, fin, masked, key, length, position);
        return OperationStatus.Done;
    }

    /// <summary>Reads a length of <paramref name="width"/> octets, or decides from a part of it that no continuation can be right.</summary>
    private static OperationStatus ParseExtendedLength(
        ReadOnlySpan<byte> source, int width, long maxFramePayload, long messageBytesLeft, out long length, out WebSocketError error)
    {
        length = 0;
        error = WebSocketError.None;
        int available = Math.Min(source.Length, width);
        if (available == 0)
        {
            return OperationStatus.NeedMoreData;
        }

        ulong low = 0;
        for (int i = 0; i < available; i++)
        {
            low = (low << 8) | source[i];
        }

        int missingBits = 8 * (width - available);
        low <<= missingBits;
        ulong high = low | ((1UL << missingBits) - 1);
        if (low > long.MaxValue)
        {
            // §5.2: the most significant bit MUST be 0.
            return Fail(WebSocketError.LengthTopBit, out error);
        }

        if (high < (width == 2 ? 126UL : 65536UL))
        {
            // §5.2: the minimal number of octets MUST be used.
            return Fail(WebSocketError.LengthNotMinimal, out error);
        }

        if (low > (ulong)maxFramePayload || low > (ulong)messageBytesLeft)
        {
            return Fail(low > (ulong)maxFramePayload ? WebSocketError.FrameTooBig : WebSocketError.MessageTooBig, out error);
        }

        length = (long)low;
        return available == width ? OperationStatus.Done : OperationStatus.NeedMoreData;
    }

    private static OperationStatus Fail(WebSocketError value, out WebSocketError error)
    {
        error = value;
        return OperationStatus.InvalidData;
    }
}
