namespace Concierge.Audio;

/// <summary>The 256-entry tables of the last rung, filled once from <see cref="G711Scalar"/>.</summary>
internal static class G711Tables
{
    private static readonly short[] s_muLawDecode = Fill(G711Scalar.MuLawSample);
    private static readonly short[] s_aLawDecode = Fill(G711Scalar.ALawSample);

    public static ReadOnlySpan<short> MuLawDecode => s_muLawDecode;

    public static ReadOnlySpan<short> ALawDecode => s_aLawDecode;

    private static short[] Fill(Func<byte, short> sample)
    {
        var table = new short[256];
        for (int code = 0; code < table.Length; code++)
        {
            table[code] = sample((byte)code);
        }

        return table;
    }
}
