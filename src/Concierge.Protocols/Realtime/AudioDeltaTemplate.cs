using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Concierge.Protocols.Text;

namespace Concierge.Protocols.Realtime;

/// <summary>
/// The two layouts in which <c>response.output_audio.delta</c> usually comes, matched from end to end without looking keys up; first of the three readers, tried before
/// <see cref="AudioDeltaScanner"/>.
/// <code>
/// {"type":"response.output_audio.delta","event_id":"event_..","response_id":"resp_..","item_id":"item_..","output_index":0,"content_index":0,"delta":".."}
/// {"event_id":"event_..","type":"response.output_audio.delta","response_id":"resp_..","item_id":"item_..","output_index":0,"content_index":0,"delta":".."}
/// </code>
/// It says yes only to what <see cref="RealtimeServerEventParser.ParseSlow"/> accepts with the same result; on anything else it says "not mine".
/// </summary>
internal static class AudioDeltaTemplate
{
    private static ReadOnlySpan<byte> TypeFirst => "{\"type\":\"response.output_audio.delta\",\"event_id\":\""u8;

    private static ReadOnlySpan<byte> EventFirst => "{\"event_id\":\""u8;

    private static ReadOnlySpan<byte> ResponseNext => "\",\"response_id\":\""u8;

    private static ReadOnlySpan<byte> TypeNext => "\",\"type\":\"response.output_audio.delta\",\"response_id\":\""u8;

    private static ReadOnlySpan<byte> ItemNext => "\",\"item_id\":\""u8;

    private static ReadOnlySpan<byte> OutputNext => "\",\"output_index\":"u8;

    private static ReadOnlySpan<byte> ContentNext => ",\"content_index\":"u8;

    private static ReadOnlySpan<byte> DeltaNext => ",\"delta\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}"u8;

    /// <summary>Shorter texts are not looked at in blocks: the delta begins before byte 222, and has a block of letters, two more and its end.</summary>
    private const int ShortestInBlocks = 290;

    /// <summary>The blocks in which the response's and the item's id begin and end: 13 to 64 bytes of the event's id, with the response's 32 to 76, with the item's 95 at most.</summary>
    private const int ResponseBlockAt = 80, ItemBlockAt = 112;

    /// <summary>What stands before each id and before the delta in the first layout, 64 bytes for each; a zero stands for what differs.</summary>
    private static ReadOnlySpan<byte> Parts =>
        "{\"type\":\"response.output_audio.delta\",\"event_id\":\"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\",\"response_id\":\"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\",\"item_id\":\"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\",\"output_index\":\0,\"content_index\":\0,\"delta\":\"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"u8;

    /// <param name="text">The whole message.</param>
    /// <param name="e">Set when the result is true; meaningless otherwise.</param>
    internal static bool TryMatch(ReadOnlySpan<byte> text, out RealtimeServerEvent e) =>
        (Avx512BW.IsSupported && text.Length >= ShortestInBlocks && TryMatchInBlocks(text, out e)) || TryMatchInOrder(text, out e);

    /// <summary>
    /// The first layout in blocks of 64 bytes. Three blocks, each where it holds the end of an id of any usual length, tell at once where the ids end; what stands between them is compared
    /// with the text that is due there, and the delta, which is the rest, must be strict base64.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // what is inlined here would not be any more if this were inlined in its turn
    private static bool TryMatchInBlocks(ReadOnlySpan<byte> text, out RealtimeServerEvent e)
    {
        Unsafe.SkipInit(out e);
        ref byte start = ref MemoryMarshal.GetReference(text);
        ulong eventEnds = Specials(ref start, TypeFirst.Length), responseEnds = Specials(ref start, ResponseBlockAt), itemEnds = Specials(ref start, ItemBlockAt);
        int responseAt = TypeFirst.Length + BitOperations.TrailingZeroCount(eventEnds);
        int responseIdAt = responseAt + ResponseNext.Length - ResponseBlockAt;
        int itemAt = responseAt + ResponseNext.Length + BitOperations.TrailingZeroCount(responseEnds >> responseIdAt);
        int itemIdAt = itemAt + ItemNext.Length - ItemBlockAt;
        int outputAt = itemAt + ItemNext.Length + BitOperations.TrailingZeroCount(itemEnds >> itemIdAt);

        // An id that begins or ends outside its block is for the other reader; no shift by 64 or more has come this far.
        if ((uint)responseIdAt > 63 || itemAt > ResponseBlockAt + 63 || (uint)itemIdAt > 63 || outputAt > ItemBlockAt + 63)
        {
            return false;
        }

        Vector512<byte> differences = JsonText.Difference(Vector512.LoadUnsafe(ref start), Parts, 0)
            | JsonText.Difference(Vector512.LoadUnsafe(ref start, (nuint)responseAt), Parts, 64)
            | JsonText.Difference(Vector512.LoadUnsafe(ref start, (nuint)itemAt), Parts, 128)
            | JsonText.Difference(Vector512.LoadUnsafe(ref start, (nuint)outputAt), Parts, 192);

        // One digit each, which has no leading zero by itself.
        int contentAt = outputAt + OutputNext.Length + 1 + ContentNext.Length;
        int outputIndex = Unsafe.Add(ref start, outputAt + OutputNext.Length) - '0';
        int contentIndex = Unsafe.Add(ref start, contentAt) - '0';
        int deltaAt = contentAt + 1 + DeltaNext.Length;
        int length = text.Length - End.Length - deltaAt;
        Debug.Assert(length >= 64 + 2, "a block of letters");
        if ((ulong)Avx512BW.MoveMask(Avx512BW.CompareNotEqual(differences, Vector512<byte>.Zero)) != 0
            || (uint)outputIndex > 9 || (uint)contentIndex > 9 || (length & 3) != 0
            || Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref start, deltaAt + length)) != 0x7D22
            || !Base64Text.EndsCleanly(ref Unsafe.Add(ref start, deltaAt + length))
            || !Base64Text.AreLetters512(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref start, deltaAt), length - 2)))
        {
            return false;
        }

        e = default;
        e.Type = RealtimeServerEventType.ResponseOutputAudioDelta;
        e.EventId = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref start, TypeFirst.Length), responseAt - TypeFirst.Length);
        e.ResponseId = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref start, responseAt + ResponseNext.Length), itemAt - responseAt - ResponseNext.Length);
        e.ItemId = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref start, itemAt + ItemNext.Length), outputAt - itemAt - ItemNext.Length);
        e.OutputIndex = outputIndex;
        e.ContentIndex = contentIndex;
        e.Delta = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref start, deltaAt), length);
        e.DeltaIsBase64 = true;
        e.AudioStartMs = -1;
        e.AudioEndMs = -1;
        return true;
    }

    /// <summary>Bit n: byte n of the block is one that no id of ours has: a quote, what must be escaped, a space, an exclamation mark, or what is not ASCII.</summary>
    private static ulong Specials(ref byte start, int at)
    {
        Vector512<sbyte> block = Vector512.LoadUnsafe(ref start, (nuint)at).AsSByte();
        return (ulong)Avx512BW.MoveMask(Avx512BW.CompareLessThan(block, Vector512.Create((sbyte)'#')) | Avx512BW.CompareEqual(block, Vector512.Create((sbyte)'\\')));
    }

    private static bool TryMatchInOrder(ReadOnlySpan<byte> text, out RealtimeServerEvent e)
    {
        e = default;
        bool typeFirst = text.StartsWith(TypeFirst);
        if (!typeFirst && !text.StartsWith(EventFirst))
        {
            return false;
        }

        text = text[(typeFirst ? TypeFirst.Length : EventFirst.Length)..];
        int length = JsonText.IndexOfSpecial(text);
        if (length < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> eventId = text[..length];
        text = text[length..];
        if (!(typeFirst ? text.StartsWith(ResponseNext) : text.StartsWith(TypeNext)))
        {
            return false;
        }

        text = text[(typeFirst ? ResponseNext.Length : TypeNext.Length)..];
        length = JsonText.IndexOfSpecial(text);
        if (length < 0 || !text[length..].StartsWith(ItemNext))
        {
            return false;
        }

        ReadOnlySpan<byte> responseId = text[..length];
        text = text[(length + ItemNext.Length)..];
        length = JsonText.IndexOfSpecial(text);
        if (length < 0 || !text[length..].StartsWith(OutputNext))
        {
            return false;
        }

        // One digit, which has no leading zero by itself.
        ReadOnlySpan<byte> itemId = text[..length];
        text = text[(length + OutputNext.Length)..];
        if (text.IsEmpty || !char.IsAsciiDigit((char)text[0]) || !text[1..].StartsWith(ContentNext))
        {
            return false;
        }

        int outputIndex = text[0] - '0';
        text = text[(1 + ContentNext.Length)..];
        if (text.IsEmpty || !char.IsAsciiDigit((char)text[0]) || !text[1..].StartsWith(DeltaNext))
        {
            return false;
        }

        int contentIndex = text[0] - '0';
        text = text[(1 + DeltaNext.Length)..];
        length = JsonText.IndexOfSpecial(text);
        if (length < 0 || !text[length..].SequenceEqual(End))
        {
            return false;
        }

        e.Type = RealtimeServerEventType.ResponseOutputAudioDelta;
        e.EventId = eventId;
        e.ResponseId = responseId;
        e.ItemId = itemId;
        e.OutputIndex = outputIndex;
        e.ContentIndex = contentIndex;
        e.Delta = text[..length];
        e.AudioStartMs = -1;
        e.AudioEndMs = -1;
        return true;
    }
}
