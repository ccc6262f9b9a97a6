namespace Concierge.Benchmarks.Audio;

/// <summary>A streamed conversion of 16-bit samples, ours or a peer's, as a caller sees it: samples in, samples out.</summary>
internal interface IResampler : IDisposable
{
    /// <summary>Converts the next samples.</summary>
    /// <returns>The number of samples written.</returns>
    int Process(ReadOnlySpan<short> source, Span<short> destination);
}
