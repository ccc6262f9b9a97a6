using Concierge.Audio;

namespace Concierge.Server.Codec;

/// <summary>Resamples interleaved samples, each channel through a stage of its own, and drops the filter's delay at the front.</summary>
internal sealed class ChannelResampler
{
    private readonly ResamplerStage[] _stages;
    private readonly short[] _input;
    private readonly short[] _output;
    private readonly short[] _interleaved;
    private int _skipFrames;

    /// <param name="filter">The conversion.</param>
    /// <param name="channels">One or two.</param>
    /// <param name="blockFrames">The most frames of one call.</param>
    public ChannelResampler(PolyphaseFilter filter, int channels, int blockFrames)
    {
        _stages = new ResamplerStage[channels];
        for (int i = 0; i < channels; i++)
        {
            _stages[i] = new ResamplerStage(filter);
        }

        _input = new short[blockFrames];
        _output = new short[filter.MaxOutputSamples(blockFrames)];
        _interleaved = new short[_output.Length * channels];
        _skipFrames = _stages[0].LatencySamples;
    }

    /// <summary>Converts whole frames; the result is valid until the next call.</summary>
    public ReadOnlySpan<short> Process(ReadOnlySpan<short> interleaved)
    {
        int channels = _stages.Length;
        int frames = interleaved.Length / channels;
        int produced = 0;
        for (int channel = 0; channel < channels; channel++)
        {
            for (int i = 0; i < frames; i++)
            {
                _input[i] = interleaved[(i * channels) + channel];
            }

            produced = _stages[channel].Process(_input.AsSpan(0, frames), _output);
            for (int i = 0; i < produced; i++)
            {
                _interleaved[(i * channels) + channel] = _output[i];
            }
        }

        int skipped = Math.Min(_skipFrames, produced);
        _skipFrames -= skipped;
        return _interleaved.AsSpan(skipped * channels, (produced - skipped) * channels);
    }
}
