using System.Runtime.InteropServices;
using Concierge.Audio;

namespace Concierge.Simulation.Load;

/// <summary>
/// A number in 20 ms of sound that survives G.711, resampling, a change of gain and some milliseconds of filter delay, and crosses a pass-through bridge verbatim.
/// </summary>
/// <remarks>
/// <para>4 ms of silence, 24 bits of 0.5 ms each, 4 ms of silence. A bit is one period of 2 kHz, up first for 1 and down first for 0 (Manchester: no direct current, all energy
/// between 1 and 3 kHz). Bits, first to last: 1; the kind; 14 bits of value; 8 bits of CRC over these 15.</para>
/// <para>What follows the last bit is silence, so a bridge whose filters delay by up to 4 ms completes a stamp with the message that the stamped frame caused: its arrival less the frame's
/// departure is what the bridge added, without the 20 ms that a longer delay would cost the listener, and does.</para>
/// </remarks>
internal static class LoadStamp
{
    public const int Bits = 24;
    public const int BitsPerSecond = 2000;
    public const int ValueBits = 14;
    public const int MaxValue = (1 << ValueBits) - 1;

    /// <summary>Loud enough to stand out, with room above for a filter's overshoot.</summary>
    public const short Amplitude = 8000;

    private const int LeadMilliseconds = 4;

    /// <summary>The mu-law octet of silence.</summary>
    public const byte Silence = 0xFF;

    // A period at 8 kHz has four octets.
    private static readonly uint s_one = Period(EncodeOne(Amplitude), EncodeOne(-Amplitude));
    private static readonly uint s_zero = Period(EncodeOne(-Amplitude), EncodeOne(Amplitude));

    /// <summary>Fills 160 octets of mu-law.</summary>
    public static void Write(Span<byte> muLaw, int value, bool isId)
    {
        muLaw.Fill(Silence);
        WriteBits(muLaw[(LeadMilliseconds * 8)..], Pack(value, isId));
    }

    /// <summary>Fills the 96 octets of mu-law that lie between the silences.</summary>
    public static void WriteBits(Span<byte> muLaw, uint bits)
    {
        Span<uint> periods = MemoryMarshal.Cast<byte, uint>(muLaw);
        for (int i = 0; i < Bits; i++)
        {
            periods[i] = ((bits >> (Bits - 1 - i)) & 1) != 0 ? s_one : s_zero;
        }
    }

    /// <summary>Fills 480 samples at 24 kHz.</summary>
    public static void Write(Span<short> samples, int value, bool isId)
    {
        samples.Clear();
        uint bits = Pack(value, isId);
        int position = LeadMilliseconds * 24;
        for (int i = Bits - 1; i >= 0; i--)
        {
            bool one = ((bits >> i) & 1) != 0;
            samples.Slice(position, 6).Fill(one ? Amplitude : (short)-Amplitude);
            samples.Slice(position + 6, 6).Fill(one ? (short)-Amplitude : Amplitude);
            position += 12;
        }
    }

    /// <summary>The 24 bits of a stamp.</summary>
    public static uint Pack(int value, bool isId)
    {
        uint head = (1u << 15) | (isId ? 1u << ValueBits : 0) | ((uint)value & MaxValue);
        return (head << 8) | Crc(head);
    }

    /// <summary>Whether 24 bits are a stamp, and which.</summary>
    public static bool TryUnpack(uint bits, out int value, out bool isId)
    {
        uint head = bits >> 8;
        value = (int)(head & MaxValue);
        isId = (head & (1u << ValueBits)) != 0;
        return (head & (1u << 15)) != 0 && Crc(head) == (bits & 0xFF);
    }

    // CRC-8 of ITU-T I.432.1 (x^8 + x^2 + x + 1), over 16 bits; the constant keeps all zeros from being right.
    private static uint Crc(uint head)
    {
        uint crc = (head ^ 0xA55A) << 8;
        for (int i = 23; i >= 8; i--)
        {
            if ((crc & (1u << i)) != 0)
            {
                crc ^= 0x107u << (i - 8);
            }
        }

        return crc & 0xFF;
    }

    private static uint Period(byte first, byte second) => MemoryMarshal.Read<uint>([first, first, second, second]);

    private static byte EncodeOne(short sample)
    {
        byte code = 0;
        MuLaw.Encode(new ReadOnlySpan<short>(in sample), new Span<byte>(ref code));
        return code;
    }
}
