namespace Concierge.Audio;

/// <summary>A rate conversion with its state: ready after construction, allocation-free after, indifferent to how its input is split. One owner.</summary>
public sealed class ResamplerStage
{
    private PolyphaseState _state;

    /// <summary>Makes a stage in silence.</summary>
    /// <param name="filter">The conversion, shared.</param>
    public ResamplerStage(PolyphaseFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        Filter = filter;
        _state = filter.CreateState();
    }

    /// <summary>Makes a stage in silence for a pair of rates.</summary>
    /// <param name="inputRate">Hz; see <see cref="PolyphaseFilter.For"/>.</param>
    /// <param name="outputRate">Hz.</param>
    /// <param name="profile">What to trade.</param>
    /// <exception cref="ArgumentException">An unsupported pair.</exception>
    public ResamplerStage(int inputRate, int outputRate, ResamplerProfile profile = ResamplerProfile.Balanced)
        : this(PolyphaseFilter.For(inputRate, outputRate, profile))
    {
    }

    /// <summary>The shared filter.</summary>
    public PolyphaseFilter Filter { get; }

    /// <summary>The delay in output samples, rounded: for the linear-phase profiles between 8 and 24 kHz it is whole (balanced: 45 at 24 kHz, 15 at 8 kHz).</summary>
    public int LatencySamples => (int)Math.Round(Filter.GroupDelaySeconds * Filter.OutputRate);

    /// <summary>Converts the next samples; see <see cref="PolyphaseResampler"/>.</summary>
    /// <param name="source">Input samples, any number.</param>
    /// <param name="destination">At least <see cref="PolyphaseFilter.MaxOutputSamples"/> of the source's length always fits.</param>
    /// <returns>The number of samples written.</returns>
    /// <exception cref="ArgumentException">The destination is too short; nothing is consumed then.</exception>
    public int Process(ReadOnlySpan<short> source, Span<short> destination) => PolyphaseResampler.Process(Filter, ref _state, source, destination);

    /// <summary>Back to silence.</summary>
    public void Reset() => _state.Reset();
}
