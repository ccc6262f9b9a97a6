namespace Concierge.Simulation.Speech;

/// <summary>
/// G.711 as the twin understands it: tables built from the segment definition of the recommendation, independent of the codec that the product
/// uses, so that a fault there is heard here.
/// </summary>
internal static class TelephoneCodec
{
    /// <summary>The mu-law code of silence (positive zero).</summary>
    public const byte MuLawSilence = 0xFF;

    private static readonly short[] s_muLaw = BuildMuLaw();
    private static readonly short[] s_aLaw = BuildALaw();
    private static readonly byte[] s_toMuLaw = BuildNearest(s_muLaw, MuLawSilence);
    private static readonly byte[] s_toALaw = BuildNearest(s_aLaw, 0xD5);

    public static short FromMuLaw(byte code) => s_muLaw[code];

    public static short FromALaw(byte code) => s_aLaw[code];

    public static byte ToMuLaw(short sample) => s_toMuLaw[(ushort)sample];

    public static byte ToALaw(short sample) => s_toALaw[(ushort)sample];

    // ITU-T G.711 table 2: the code is inverted; 8 segments of 16 steps; 14-bit values, here scaled to 16 bits.
    private static short[] BuildMuLaw()
    {
        var table = new short[256];
        for (int code = 0; code < 256; code++)
        {
            int bits = ~code & 0xFF;
            int segment = (bits >> 4) & 7;
            int magnitude = ((((bits & 15) * 2) + 33) << segment) - 33;
            table[code] = (short)(4 * ((bits & 0x80) != 0 ? -magnitude : magnitude));
        }

        return table;
    }

    // ITU-T G.711 table 1: even bits inverted; the first two segments share one step; 13-bit values, here scaled to 16 bits.
    private static short[] BuildALaw()
    {
        var table = new short[256];
        for (int code = 0; code < 256; code++)
        {
            int bits = code ^ 0x55;
            int segment = (bits >> 4) & 7;
            int step = bits & 15;
            int magnitude = segment == 0 ? (2 * step) + 1 : ((2 * step) + 33) << (segment - 1);
            table[code] = (short)(8 * ((bits & 0x80) != 0 ? magnitude : -magnitude));
        }

        return table;
    }

    // The code whose value lies nearest, for every 16-bit sample. Mu-law has two codes for zero: only the preferred one is used, or the walk would stop there.
    private static byte[] BuildNearest(short[] values, byte preferred)
    {
        int[] codes = [.. Enumerable.Range(0, 256).OrderBy(c => c == preferred ? 0 : 1).DistinctBy(c => values[c]).OrderBy(c => values[c])];
        var table = new byte[65536];
        int at = 0;
        for (int sample = short.MinValue; sample <= short.MaxValue; sample++)
        {
            while (at + 1 < codes.Length && Math.Abs(values[codes[at + 1]] - sample) < Math.Abs(values[codes[at]] - sample))
            {
                at++;
            }

            table[(ushort)(short)sample] = (byte)codes[at];
        }

        return table;
    }
}
