namespace Concierge.Audio;

/// <summary>
/// Quiet noise for stretches in which nothing is received, so that the line does not sound dead: white noise through a one-pole low-pass, near the spectrum of room noise (Hoth).
/// </summary>
/// <remarks>Deterministic for a seed, whatever the split. A stage: allocation-free, one owner.</remarks>
public sealed class ComfortNoise
{
    /// <summary>One pole at about 0.11 of the rate.</summary>
    private const float Pole = 0.5f;

    private readonly uint _seed;
    private readonly float _gain;
    private uint _random;
    private float _state;

    /// <summary>Makes a source.</summary>
    /// <param name="levelDbfs">RMS level, -90 to -30 dBFS; default -65.</param>
    /// <param name="seed">Any number: equal seeds give equal noise.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is out of its range.</exception>
    public ComfortNoise(double levelDbfs = -65, int seed = 1)
    {
        if (!(levelDbfs is >= -90 and <= -30))
        {
            throw new ArgumentOutOfRangeException(nameof(levelDbfs), levelDbfs, "-90 to -30 dBFS.");
        }

        // Uniform in -1..1 has a power of 1/3; the pole multiplies white noise's power by 1 / (1 - p²).
        _gain = (float)(32768 * Math.Pow(10, levelDbfs / 20) * Math.Sqrt(3 * (1 - (Pole * Pole))));
        _seed = ((uint)seed * 2654435761) | 1;
        Reset();
    }

    /// <summary>Fills a span with the next samples.</summary>
    /// <param name="destination">Any length.</param>
    public void Process(Span<short> destination)
    {
        foreach (ref short sample in destination)
        {
            // xorshift32 (Marsaglia 2003).
            _random ^= _random << 13;
            _random ^= _random >> 17;
            _random ^= _random << 5;
            _state = (Pole * _state) + ((int)_random * (1f / 2147483648f));
            sample = (short)MathF.Round(_gain * _state);
        }
    }

    /// <summary>Back to the first sample.</summary>
    public void Reset()
    {
        _random = _seed;
        _state = 0;
    }
}
