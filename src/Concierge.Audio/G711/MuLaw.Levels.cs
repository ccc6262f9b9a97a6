using System.Runtime.CompilerServices;

namespace Concierge.Audio;

/// <content>Conversion to the other law, and levels of companded audio.</content>
public static partial class MuLaw
{
    /// <summary>Converts mu-law codes to A-law by G.711's own tables (3 and 4), which differ from decoding and encoding again in a few codes.</summary>
    /// <param name="source">Codes of mu-law.</param>
    /// <param name="destination">At least as long; codes of A-law. It may be the source itself; any other overlap is not supported.</param>
    /// <returns>The number of codes written.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than the source; the message names both lengths.</exception>
    public static int ToALaw(ReadOnlySpan<byte> source, Span<byte> destination) => ToALaw(SimdSupport.Best, source, destination);

    internal static int ToALaw(SimdLevel level, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        G711Guard.Fits(source.Length, destination.Length);
        G711Conversion.MuLawToALaw(level, source, destination);
        return source.Length;
    }

    /// <summary>The largest magnitude, without decoding: the codes' own order is that of the magnitudes.</summary>
    /// <param name="codes">mu-law.</param>
    /// <returns>The linear magnitude, 0 to 32256; 0 for no codes.</returns>
    public static int Peak(ReadOnlySpan<byte> codes)
    {
        int largest = CompandedLevel.Largest(codes, 0xFF);
        return codes.IsEmpty ? 0 : G711Tables.MuLawDecode[(largest ^ 0xFF) | 0x80];
    }

    /// <summary>The root mean square as a ratio of full scale; see <see cref="PcmLevel.Rms"/>.</summary>
    /// <param name="codes">mu-law.</param>
    [SkipLocalsInit]
    public static double Rms(ReadOnlySpan<byte> codes)
    {
        Span<short> samples = stackalloc short[256];
        int count = codes.Length;
        long sum = 0;
        while (!codes.IsEmpty)
        {
            int take = Decode(codes[..Math.Min(codes.Length, samples.Length)], samples);
            sum += PcmLevel.SumOfSquares(samples[..take]);
            codes = codes[take..];
        }

        return count == 0 ? 0 : Math.Sqrt(sum / (double)count) / 32768.0;
    }

    /// <summary>True when no code is louder than a threshold.</summary>
    /// <param name="codes">mu-law.</param>
    /// <param name="peak">The largest linear magnitude that still counts as silence; default 64 (-54 dBFS).</param>
    public static bool IsSilence(ReadOnlySpan<byte> codes, int peak = 64) => Peak(codes) <= peak;
}
