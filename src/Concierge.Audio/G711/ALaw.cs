namespace Concierge.Audio;

/// <summary>
/// A-law companding between 8-bit codes and 16-bit linear PCM, bit-exact with ITU-T G.711 (11/1988) table 1 as coded in ITU-T G.191's reference
/// (<c>alaw_compress</c>, <c>alaw_expand</c>: 13-bit linear samples, left-justified in 16 bits; even bits inverted).
/// </summary>
/// <remarks>All members are pure and safe to call from any thread.</remarks>
public static partial class ALaw
{
    /// <summary>The code nearest to silence: the smallest positive value. A-law has no zero; this decodes to +8.</summary>
    public const byte Silence = 0xD5;

    /// <summary>Expands A-law codes to linear samples in the range -32256..32256.</summary>
    /// <param name="source">Codes, one byte each.</param>
    /// <param name="destination">At least as many samples as <paramref name="source"/> has codes; what lies beyond is left alone. It may overlap the source in any way: the result is as if the source had been copied first.</param>
    /// <returns>The number of samples written: <c>source.Length</c>.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than the source; the message names both lengths.</exception>
    public static int Decode(ReadOnlySpan<byte> source, Span<short> destination) =>
        G711Dispatch.Decode<ALawConstants>(SimdSupport.Best, source, destination);

    /// <summary>Compresses linear samples to A-law codes; the four low bits are truncated by the standard's 13-bit input and its first segment.</summary>
    /// <param name="source">Linear samples.</param>
    /// <param name="destination">At least as many bytes as <paramref name="source"/> has samples; what lies beyond is left alone. It may overlap the source in any way: the result is as if the source had been copied first.</param>
    /// <returns>The number of codes written: <c>source.Length</c>.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than the source; the message names both lengths.</exception>
    public static int Encode(ReadOnlySpan<short> source, Span<byte> destination) =>
        G711Dispatch.Encode<ALawConstants>(SimdSupport.Best, source, destination);

    /// <summary><see cref="Decode(ReadOnlySpan{byte}, Span{short})"/> on no higher rung than the one given: for tests and benches.</summary>
    internal static int Decode(SimdLevel level, ReadOnlySpan<byte> source, Span<short> destination) =>
        G711Dispatch.Decode<ALawConstants>(level, source, destination);

    /// <summary><see cref="Encode(ReadOnlySpan{short}, Span{byte})"/> on no higher rung than the one given: for tests and benches.</summary>
    internal static int Encode(SimdLevel level, ReadOnlySpan<short> source, Span<byte> destination) =>
        G711Dispatch.Encode<ALawConstants>(level, source, destination);
}
