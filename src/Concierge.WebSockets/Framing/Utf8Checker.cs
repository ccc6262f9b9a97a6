using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;
using System.Text.Unicode;

namespace Concierge.WebSockets;

/// <summary>Validates UTF-8 that comes in pieces, and fails on the first octet that no continuation could make right (RFC 6455 §8.1).</summary>
internal struct Utf8Checker
{
    private const int AsciiBlock = 4096;

    // The octets of a sequence that a piece's end cut, the first in the lowest byte.
    private uint _carry;
    private int _carried;

    /// <summary>Whether what was seen ends on a character's border.</summary>
    public readonly bool IsComplete => _carried == 0;

    public void Reset() => this = default;

    /// <summary>Whether the whole of a text is UTF-8. ASCII is looked at first, at more than twice the speed; what follows the first other octet's block is validated in full.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        if (Avx512BW.IsSupported && text.Length is >= 64 and <= AsciiBlock)
        {
            return IsAscii512(text) || Utf8.IsValid(text);
        }

        while (text.Length > AsciiBlock)
        {
            if (!Ascii.IsValid(text[..AsciiBlock]))
            {
                return Utf8.IsValid(text);
            }

            text = text[AsciiBlock..];
        }

        return Ascii.IsValid(text) || Utf8.IsValid(text);
    }

    /// <summary>A message of usual length, with nothing to decide on the way; the last block overlaps the one before it.</summary>
    private static bool IsAscii512(ReadOnlySpan<byte> text)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        nuint last = (nuint)text.Length - 64;
        Vector512<byte> seen = Vector512.LoadUnsafe(ref start, last);
        for (nuint i = 0; i < last; i += 64)
        {
            seen |= Vector512.LoadUnsafe(ref start, i);
        }

        return Avx512BW.MoveMask(seen) == 0;
    }

    /// <summary>Takes the next piece; false when the text is not UTF-8.</summary>
    public bool Append(scoped ReadOnlySpan<byte> piece)
    {
        if (_carried != 0 && !FinishCarry(ref piece))
        {
            return false;
        }

        if (piece.IsEmpty)
        {
            return true;
        }

        int tail = IncompleteTail(piece);
        if (!IsValid(piece[..^tail]))
        {
            return false;
        }

        for (int i = 0; i < tail; i++)
        {
            _carry |= (uint)piece[piece.Length - tail + i] << (8 * i);
        }

        _carried = tail;

        // A cut sequence that can no longer become right (F4 90, ED A0) fails now, not with its last octet.
        return tail == 0 || CheckCarry() == OperationStatus.NeedMoreData;
    }

    private bool FinishCarry(ref ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            _carry |= (uint)piece[0] << (8 * _carried);
            _carried++;
            piece = piece[1..];
            OperationStatus status = CheckCarry();
            if (status == OperationStatus.Done)
            {
                _carry = 0;
                _carried = 0;
                return true;
            }

            if (status == OperationStatus.InvalidData)
            {
                return false;
            }
        }

        return true;
    }

    private readonly OperationStatus CheckCarry()
    {
        Span<byte> bytes = [(byte)_carry, (byte)(_carry >> 8), (byte)(_carry >> 16), (byte)(_carry >> 24)];
        return Rune.DecodeFromUtf8(bytes[.._carried], out _, out _);
    }

    /// <summary>The octets at the end that start a sequence and are too few for it: 0 to 3.</summary>
    private static int IncompleteTail(ReadOnlySpan<byte> piece)
    {
        for (int back = 1; back <= 3 && back <= piece.Length; back++)
        {
            byte value = piece[^back];
            if (value < 0x80)
            {
                return 0;
            }

            if (value >= 0xC0)
            {
                int needed = value < 0xE0 ? 2 : value < 0xF0 ? 3 : 4;
                return back < needed ? back : 0;
            }
        }

        return 0;
    }
}
