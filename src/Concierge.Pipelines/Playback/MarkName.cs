using System.Buffers.Text;

namespace Concierge.Pipelines.Playback;

/// <summary>
/// The name of a mark, <c>generation.sequence</c> in decimal. The generation grows with each clear: the carrier returns cleared marks as
/// if they had been played (PROTOCOL A.3), and the generation tells them apart.
/// </summary>
/// <param name="Generation">Clears before this mark was sent.</param>
/// <param name="Sequence">Marks before this one in the call.</param>
internal readonly record struct MarkName(int Generation, int Sequence)
{
    /// <summary>The longest name in octets.</summary>
    public const int MaxLength = 21;

    /// <summary>Writes the name and returns its length in octets.</summary>
    public int Format(Span<byte> destination)
    {
        Utf8Formatter.TryFormat(Generation, destination, out int written);
        destination[written++] = (byte)'.';
        Utf8Formatter.TryFormat(Sequence, destination[written..], out int digits);
        return written + digits;
    }

    /// <summary>Reads a name that this node may have given; false for anybody else's.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out MarkName name)
    {
        name = default;
        int dot = text.IndexOf((byte)'.');
        if (dot <= 0
            || !Utf8Parser.TryParse(text[..dot], out int generation, out int used) || used != dot
            || !Utf8Parser.TryParse(text[(dot + 1)..], out int sequence, out used) || used != text.Length - dot - 1)
        {
            return false;
        }

        name = new MarkName(generation, sequence);
        return true;
    }
}
