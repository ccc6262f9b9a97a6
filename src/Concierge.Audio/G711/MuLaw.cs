namespace Concierge.Audio;

/// <summary>
/// Mu-law companding between 8-bit codes and 16-bit linear PCM, bit-exact with ITU-T G.711 (11/1988) table 2 as coded in ITU-T G.191's reference
/// (<c>ulaw_compress</c>, <c>ulaw_expand</c>: 14-bit linear samples, left-justified in 16 bits).
/// </summary>
/// <remarks>All members are pure and safe to call from any thread.</remarks>
public static partial class MuLaw
{
    /// <summary>The code of digital silence: +0 (G.711 table 2a, all bits set). 0x7F (-0) decodes to 0 as well.</summary>
    public const byte Silence = 0xFF;

    /// <summary>Expands mu-law codes to linear samples in the range -32124..32124.</summary>
    /// <param name="source">Codes, one byte each.</param>
    /// <param name="destination">At least as many samples as <paramref name="source"/> has codes; what lies beyond is left alone. It may overlap the source in any way: the result is as if the source had been copied first.</param>
    /// <returns>The number of samples written: <c>source.Length</c>.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than the source; the message names both lengths.</exception>
    public static int Decode(ReadOnlySpan<byte> source, Span<short> destination) =>
        G711Dispatch.Decode<MuLawConstants>(SimdSupport.Best, source, destination);

    /// <summary>Compresses linear samples to mu-law codes. Magnitudes above 32635 clip to the outermost code; the two low bits are truncated first, as G.191 does.</summary>
    /// <param name="source">Linear samples.</param>
    /// <param name="destination">At least as many bytes as <paramref name="source"/> has samples; what lies beyond is left alone. It may overlap the source in any way: the result is as if the source had been copied first.</param>
    /// <returns>The number of codes written: <c>source.Length</c>.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than the source; the message names both lengths.</exception>
    public static int Encode(ReadOnlySpan<short> source, Span<byte> destination) =>
        G711Dispatch.Encode<MuLawConstants>(SimdSupport.Best, source, destination);

    /// <summary><see cref="Decode(ReadOnlySpan{byte}, Span{short})"/> on no higher rung than the one given: for tests and benches.</summary>
    internal static int Decode(SimdLevel level, ReadOnlySpan<byte> source, Span<short> destination) =>
        G711Dispatch.Decode<MuLawConstants>(level, source, destination);

    /// <summary><see cref="Encode(ReadOnlySpan{short}, Span{byte})"/> on no higher rung than the one given: for tests and benches.</summary>
    internal static int Encode(SimdLevel level, ReadOnlySpan<short> source, Span<byte> destination) =>
        G711Dispatch.Encode<MuLawConstants>(level, source, destination);
}
