namespace Concierge.Simulation.Speech;

/// <summary>A growing recording of one channel of PCM16. Grows by doubling, so a frame costs a copy and, almost always, no allocation.</summary>
public sealed class AudioTrack
{
    private short[] _samples;

    /// <summary>Creates an empty recording.</summary>
    /// <param name="sampleRate">Hertz.</param>
    public AudioTrack(int sampleRate)
    {
        SampleRate = sampleRate;
        _samples = new short[sampleRate * 64];
    }

    /// <summary>Hertz.</summary>
    public int SampleRate { get; }

    /// <summary>Samples recorded.</summary>
    public int Length { get; private set; }

    /// <summary>How long it is.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Length / SampleRate);

    /// <summary>What was recorded so far.</summary>
    public ReadOnlySpan<short> Samples => _samples.AsSpan(0, Length);

    /// <summary>Copies the recording.</summary>
    /// <returns>One channel of PCM16.</returns>
    public short[] ToArray() => Samples.ToArray();

    internal void Append(ReadOnlySpan<short> samples)
    {
        samples.CopyTo(Extend(samples.Length));
    }

    /// <summary>Makes room for samples that the caller writes at once.</summary>
    internal Span<short> Extend(int count)
    {
        if (Length + count > _samples.Length)
        {
            Array.Resize(ref _samples, Math.Max(_samples.Length * 2, Length + count));
        }

        Length += count;
        return _samples.AsSpan(Length - count, count);
    }
}
