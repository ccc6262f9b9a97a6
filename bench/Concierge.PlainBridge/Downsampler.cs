namespace Concierge.PlainBridge;

/// <summary>24 to 8 kHz for one call: the filter over every third sample.</summary>
internal sealed class Downsampler
{
    private static readonly int s_length = LowPass.Padded(LowPass.Taps);
    private static readonly float[] s_taps = Taps();

    private float[] _line = new float[s_length - 1 + LowPass.Ratio + 480];
    private float[] _result = new float[160];
    private int _held = s_length - 1; // samples of the line that are filled

    /// <summary>Takes any number of samples; what does not fill a step of three is kept for the next time.</summary>
    /// <param name="samples">At 24 kHz.</param>
    /// <param name="muLaw">Room for a third of them, and one more.</param>
    /// <returns>Octets written.</returns>
    public int Process(ReadOnlySpan<short> samples, Span<byte> muLaw)
    {
        if (_line.Length < _held + samples.Length)
        {
            Array.Resize(ref _line, _held + samples.Length);
        }

        for (int i = 0; i < samples.Length; i++)
        {
            _line[_held + i] = samples[i];
        }

        _held += samples.Length;
        int count = Math.Max(0, (_held - (s_length - LowPass.Ratio)) / LowPass.Ratio);
        if (_result.Length < count)
        {
            _result = new float[count];
        }

        for (int i = 0; i < count; i++)
        {
            _result[i] = LowPass.Dot(_line.AsSpan(LowPass.Ratio * i, s_length), s_taps);
        }

        int used = LowPass.Ratio * count;
        _line.AsSpan(used, _held - used).CopyTo(_line);
        _held -= used;
        MuLawTable.Encode(_result.AsSpan(0, count), muLaw);
        return count;
    }

    // The response is its own mirror image; the newest sample stands last in the window.
    private static float[] Taps()
    {
        float[] taps = new float[s_length];
        LowPass.Design().CopyTo(taps, s_length - LowPass.Taps);
        return taps;
    }
}
