using Concierge.Audio;

namespace Concierge.Benchmarks.Audio;

/// <summary>The project's own stage behind the same yardstick as its peers.</summary>
internal sealed class OurResampler(int from, int to, ResamplerProfile profile) : IResampler
{
    private readonly ResamplerStage _stage = new(from, to, profile);

    public int Process(ReadOnlySpan<short> source, Span<short> destination) => _stage.Process(source, destination);

    public void Dispose()
    {
    }
}
