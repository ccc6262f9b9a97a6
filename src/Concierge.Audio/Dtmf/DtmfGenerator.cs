namespace Concierge.Audio;

/// <summary>Makes the tones of a sequence of keys (ITU-T Q.23): tone, pause, tone ... as a stream. A stage with one owner; allocation-free after construction but for <see cref="Enqueue"/>.</summary>
public sealed class DtmfGenerator
{
    /// <summary>Rise and fall of each tone, so that it neither clicks nor spreads.</summary>
    private const double RampSeconds = 0.002;

    private readonly Queue<char> _keys = new();
    private readonly int _rate;
    private readonly int _toneSamples;
    private readonly int _pauseSamples;
    private readonly int _ramp;
    private readonly double _lowAmplitude;
    private readonly double _highAmplitude;
    private double _lowStep;
    private double _highStep;
    private int _at;
    private bool _playing;

    /// <summary>Makes a silent generator.</summary>
    /// <param name="sampleRate">8000, 16000, 24000 or 48000 Hz.</param>
    /// <param name="levelDbfs">The level of the low-group tone as a sine's RMS in dBFS, -40 to -9; default -15. The high group is 2 dB above it, as Q.23's networks like it.</param>
    /// <param name="toneMilliseconds">40 to 2000; default 100.</param>
    /// <param name="pauseMilliseconds">30 to 2000; default 80.</param>
    /// <exception cref="ArgumentOutOfRangeException">A figure out of its range.</exception>
    public DtmfGenerator(int sampleRate, double levelDbfs = -15, int toneMilliseconds = 100, int pauseMilliseconds = 80)
    {
        if (sampleRate is not (8000 or 16000 or 24000 or 48000))
        {
            throw new ArgumentOutOfRangeException(nameof(sampleRate), sampleRate, "8000, 16000, 24000 or 48000 Hz.");
        }

        if (!(levelDbfs is >= -40 and <= -9))
        {
            throw new ArgumentOutOfRangeException(nameof(levelDbfs), levelDbfs, "-40 to -9 dBFS: both tones together must not clip.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(toneMilliseconds, 40);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(toneMilliseconds, 2000);
        ArgumentOutOfRangeException.ThrowIfLessThan(pauseMilliseconds, 30);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pauseMilliseconds, 2000);
        _rate = sampleRate;
        _toneSamples = sampleRate / 1000 * toneMilliseconds;
        _pauseSamples = sampleRate / 1000 * pauseMilliseconds;
        _ramp = (int)(sampleRate * RampSeconds);
        _lowAmplitude = 32768 * Math.Sqrt(2) * Math.Pow(10, levelDbfs / 20);
        _highAmplitude = _lowAmplitude * Math.Pow(10, 2.0 / 20);
    }

    /// <summary>True while a tone or its pause is still to come.</summary>
    public bool IsBusy => _playing || _keys.Count > 0;

    /// <summary>Adds keys to the sequence.</summary>
    /// <param name="keys">0-9, *, #, A-D.</param>
    /// <exception cref="ArgumentException">A character that is no key; nothing is added then.</exception>
    public void Enqueue(ReadOnlySpan<char> keys)
    {
        foreach (char key in keys)
        {
            _ = DtmfTones.Frequencies(key);
        }

        foreach (char key in keys)
        {
            _keys.Enqueue(key);
        }
    }

    /// <summary>Writes the next samples; silence once the sequence is over.</summary>
    /// <param name="destination">Filled whole.</param>
    /// <returns>How many of the samples belong to the sequence.</returns>
    public int Process(Span<short> destination)
    {
        int busy = 0;
        for (int i = 0; i < destination.Length; i++)
        {
            if (!_playing && !Next())
            {
                destination[i..].Clear();
                return busy;
            }

            destination[i] = _at < _toneSamples ? Sample() : (short)0;
            busy++;
            if (++_at == _toneSamples + _pauseSamples)
            {
                _playing = false;
            }
        }

        return busy;
    }

    /// <summary>Forgets the sequence.</summary>
    public void Reset()
    {
        _keys.Clear();
        _playing = false;
    }

    private bool Next()
    {
        if (!_keys.TryDequeue(out char key))
        {
            return false;
        }

        (double low, double high) = DtmfTones.Frequencies(key);
        _lowStep = 2 * Math.PI * low / _rate;
        _highStep = 2 * Math.PI * high / _rate;
        _at = 0;
        _playing = true;
        return true;
    }

    private short Sample()
    {
        double edge = Math.Min(1.0, Math.Min(_at + 1, _toneSamples - _at) / (double)_ramp);
        double value = (_lowAmplitude * Math.Sin(_lowStep * _at)) + (_highAmplitude * Math.Sin(_highStep * _at));
        return (short)Math.Clamp(Math.Round(edge * value), short.MinValue, short.MaxValue);
    }
}
