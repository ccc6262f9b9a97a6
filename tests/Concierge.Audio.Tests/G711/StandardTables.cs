namespace Concierge.Audio.Tests;

/// <summary>
/// G.711's tables 1a/1b and 2a/2b built from what the standard prints, not from the code under test: lists of decision values, quantised values half way between two of them,
/// and the character signals. Linear samples enter as G.191 takes them: 16 bits, left-justified, one's complement of negative ones.
/// </summary>
internal static class StandardTables
{
    // Table 2a: 1 interval to 1, 15 of width 2, then seven segments of 16 intervals, each twice as wide: 31, 95, 223, 479, 991, 2015, 4063, 8159.
    private static readonly int[] s_muDecisions = Decisions([(1, 1), (15, 2), (16, 4), (16, 8), (16, 16), (16, 32), (16, 64), (16, 128), (16, 256)]);

    // Table 1a: 32 intervals of width 2, then six segments of 16: 64, 128, 256, 512, 1024, 2048, 4096.
    private static readonly int[] s_aDecisions = Decisions([(32, 2), (16, 4), (16, 8), (16, 16), (16, 32), (16, 64), (16, 128)]);

    /// <summary>The virtual decision value that closes the last interval: 8159 in table 2a, 4096 in table 1a.</summary>
    public static (int Mu, int A) LastDecision => (s_muDecisions[^1], s_aDecisions[^1]);

    public static byte MuLawCode(short sample)
    {
        int magnitude = (sample >= 0 ? sample : ~sample) >> 2; // 14 bits: 13 and a sign
        return (byte)((sample >= 0 ? 0xFF : 0x7F) - Interval(s_muDecisions, magnitude));
    }

    public static byte ALawCode(short sample)
    {
        int magnitude = (sample >= 0 ? sample : ~sample) >> 3; // 13 bits: 12 and a sign, on table 1a's scale of 4096
        return (byte)(((sample >= 0 ? 0x80 : 0) | Interval(s_aDecisions, magnitude)) ^ 0x55);
    }

    public static short MuLawSample(byte code)
    {
        bool positive = code >= 0x80;
        int interval = (positive ? 0xFF : 0x7F) - code;
        int value = interval == 0 ? 0 : (s_muDecisions[interval] + s_muDecisions[interval + 1]) / 2;
        return (short)((positive ? value : -value) * 4);
    }

    public static short ALawSample(byte code)
    {
        int bits = code ^ 0x55;
        int interval = bits & 0x7F;
        int value = (s_aDecisions[interval] + s_aDecisions[interval + 1]) / 2;
        return (short)((bits >= 0x80 ? value : -value) * 8);
    }

    private static int[] Decisions((int Count, int Width)[] segments)
    {
        var values = new List<int> { 0 };
        foreach ((int count, int width) in segments)
        {
            for (int i = 0; i < count; i++)
            {
                values.Add(values[^1] + width);
            }
        }

        return [.. values];
    }

    private static int Interval(int[] decisions, int magnitude)
    {
        int last = decisions.Length - 2;
        for (int i = 0; i < last; i++)
        {
            if (magnitude < decisions[i + 1])
            {
                return i;
            }
        }

        return last;
    }

    /// <summary>Table 3 of G.711 by its regularities: the A-law value number (from 1) of a mu-law value number (from 0).</summary>
    public static int ALawNumber(int mu) => mu switch
    {
        < 16 => (mu / 2) + 1,
        < 32 => mu - 7,
        < 36 => 25 + (2 * (mu - 32)),
        < 48 => mu - 3,
        48 => 46,
        < 64 => mu - 1,
        <= 80 => mu,
        _ => mu + 1,
    };

    /// <summary>Table 4 likewise: the mu-law value number (from 0) of an A-law value number (from 1).</summary>
    public static int MuLawNumber(int a) => a switch
    {
        <= 8 => (2 * a) - 1,
        <= 24 => a + 7,
        <= 32 => 32 + ((a - 25) / 2),
        <= 44 => a + 3,
        <= 46 => 48,
        <= 48 => 49,
        <= 62 => a + 1,
        <= 64 => 64,
        <= 79 => a,
        80 => 80,
        _ => a - 1,
    };
}
