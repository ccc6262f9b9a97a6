using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Concierge.Simulation.Load;

/// <summary>The base64 of a stamped frame, put together from what is the same in all of them: what <see cref="LoadStamp"/> writes, encoded.</summary>
internal static class LoadStampText
{
    /// <summary>Characters of 160 octets of mu-law.</summary>
    public const int MuLawLength = 216;

    /// <summary>Characters of 960 octets of PCM.</summary>
    public const int Pcm16Length = 1280;

    // At 24 kHz a stamp begins at octet 192 and a bit has 24 octets: whole groups of three.
    private const int PcmStart = 192 / 3 * 4;
    private const int PcmBit = 24 / 3 * 4;

    // Of mu-law a stamp has octets 32 to 127: the groups around it begin at 30 and end at 128.
    private const int MuLawStart = 30;
    private const int MuLawOctets = 99;

    private static readonly byte[] s_muLawSilence = Text(new byte[160], LoadStamp.Silence);
    private static readonly byte[] s_pcmSilence = Text(new byte[960], 0);
    private static readonly byte[] s_pcmOne = PcmText(one: true);
    private static readonly byte[] s_pcmZero = PcmText(one: false);

    /// <summary>Writes a frame without a stamp.</summary>
    /// <returns>Its characters.</returns>
    public static int WriteSilence(Span<byte> text, LoadAudioFormat format)
    {
        byte[] silence = format == LoadAudioFormat.MuLaw ? s_muLawSilence : s_pcmSilence;
        silence.CopyTo(text);
        return silence.Length;
    }

    /// <summary>Writes a frame with a stamp.</summary>
    /// <returns>Its characters.</returns>
    public static int Write(Span<byte> text, LoadAudioFormat format, int value, bool isId)
    {
        int length = WriteSilence(text, format);
        uint bits = LoadStamp.Pack(value, isId);
        if (format == LoadAudioFormat.Pcm16)
        {
            Span<byte> place = text[PcmStart..];
            for (uint bit = 1u << (LoadStamp.Bits - 1); bit != 0; bit >>= 1)
            {
                ((bits & bit) != 0 ? s_pcmOne : s_pcmZero).CopyTo(place);
                place = place[PcmBit..];
            }

            return length;
        }

        Span<byte> octets = stackalloc byte[MuLawOctets];
        octets[0] = octets[1] = octets[^1] = LoadStamp.Silence;
        LoadStamp.WriteBits(octets[2..], bits);
        Base64.EncodeToUtf8(octets, text[(MuLawStart / 3 * 4)..], out _, out _);
        return length;
    }

    private static byte[] PcmText(bool one)
    {
        Span<short> frame = stackalloc short[480];
        int value = one ? LoadStamp.MaxValue : 0;
        LoadStamp.Write(frame, value, isId: false);

        // The third bit is the value's first.
        return Text(MemoryMarshal.AsBytes(frame).Slice(192 + (2 * 24), 24));
    }

    private static byte[] Text(byte[] octets, byte fill)
    {
        octets.AsSpan().Fill(fill);
        return Text(octets);
    }

    private static byte[] Text(ReadOnlySpan<byte> octets)
    {
        byte[] text = new byte[Base64.GetMaxEncodedToUtf8Length(octets.Length)];
        Base64.EncodeToUtf8(octets, text, out _, out _);
        return text;
    }
}
