namespace Concierge.PlainBridge;

/// <summary>G.711 mu-law by table: 256 samples one way, 65,536 codes the other.</summary>
internal static class MuLawTable
{
    private const int Bias = 132;
    private const int Clip = 32635;

    private static readonly short[] s_samples = [.. Enumerable.Range(0, 256).Select(code => Decode((byte)code))];
    private static readonly byte[] s_codes = [.. Enumerable.Range(short.MinValue, 65536).Select(sample => Encode((short)sample))];

    public static void Decode(ReadOnlySpan<byte> codes, Span<float> samples)
    {
        for (int i = 0; i < codes.Length; i++)
        {
            samples[i] = s_samples[codes[i]];
        }
    }

    public static void Encode(ReadOnlySpan<float> samples, Span<byte> codes)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            codes[i] = s_codes[(int)Math.Clamp(MathF.Round(samples[i]), short.MinValue, short.MaxValue) - short.MinValue];
        }
    }

    private static short Decode(byte code)
    {
        int bits = ~code;
        int magnitude = ((((bits & 0x0F) << 3) + Bias) << ((bits >> 4) & 7)) - Bias;
        return (short)((bits & 0x80) != 0 ? -magnitude : magnitude);
    }

    private static byte Encode(short sample)
    {
        int sign = sample < 0 ? 0x80 : 0;
        int magnitude = Math.Min(Math.Abs((int)sample), Clip) + Bias;
        int exponent = int.Log2(magnitude) - 7;
        return (byte)~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0F));
    }
}
