using System.Numerics;

namespace Concierge.Audio;

/// <summary>Measures one channel of a recording, streamed: level, clipping, silence, bandwidth. Not a hot path.</summary>
/// <remarks>The result does not depend on how the input is split. One owner.</remarks>
public sealed class AudioAnalyzer
{
    /// <summary>Samples of one spectrum; half of it overlaps the next.</summary>
    private const int Block = 1024;

    private const double SilenceDbfs = -50;
    private const short Clip = 32635;

    private readonly int _rate;
    private readonly int _window;
    private readonly double _silenceEnergy;
    private readonly double[] _power = new double[(Block / 2) + 1];
    private readonly double[] _taper = new double[Block];
    private readonly short[] _block = new short[Block];
    private readonly Complex[] _bins = new Complex[Block];
    private long _count;
    private long _sum;
    private double _squares;
    private int _peak;
    private long _clipped;
    private int _clipRun;
    private long _windowEnergy;
    private int _windowFill;
    private long _windows;
    private long _silentWindows;
    private long _silentRun;
    private long _longestSilence;
    private double _activeSquares;
    private int _blockFill;

    /// <summary>Makes an analyzer that has heard nothing.</summary>
    /// <param name="sampleRate">Hz, 1000 to 768,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is out of range.</exception>
    public AudioAnalyzer(int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sampleRate, 768_000);
        _rate = sampleRate;
        _window = sampleRate / 100;
        _silenceEnergy = Math.Pow(10, SilenceDbfs / 10) * 32768.0 * 32768.0 * _window;
        for (int i = 0; i < Block; i++)
        {
            _taper[i] = 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / Block));
        }
    }

    /// <summary>Takes the next samples.</summary>
    /// <param name="samples">Mono samples.</param>
    public void Process(ReadOnlySpan<short> samples)
    {
        foreach (short sample in samples)
        {
            _count++;
            _sum += sample;
            _squares += sample * sample;
            int magnitude = Math.Abs((int)sample);
            _peak = Math.Max(_peak, magnitude);
            Clipping(magnitude);
            _windowEnergy += sample * sample;
            if (++_windowFill == _window)
            {
                EndWindow();
            }

            _block[_blockFill++] = sample;
            if (_blockFill == Block)
            {
                AddSpectrum(Block);
                _block.AsSpan(Block / 2).CopyTo(_block);
                _blockFill = Block / 2;
            }
        }
    }

    /// <summary>The figures of everything so far.</summary>
    public AudioAnalysis Finish()
    {
        if (_count > 0 && _count < Block)
        {
            _block.AsSpan(_blockFill).Clear();
            AddSpectrum(_blockFill);
        }

        long active = (_windows - _silentWindows) * _window;
        return new AudioAnalysis(
            TimeSpan.FromSeconds((double)_count / _rate),
            Decibels(_squares, _count),
            PcmLevel.ToDecibels(_peak / 32768.0),
            Decibels(_activeSquares, active),
            _clipped,
            _windows == 0 ? 0 : (double)_silentWindows / _windows,
            TimeSpan.FromSeconds((double)_longestSilence * _window / _rate),
            _count == 0 ? 0 : _sum / (double)_count / 32768.0,
            Bandwidth());
    }

    private void Clipping(int magnitude)
    {
        if (magnitude < Clip)
        {
            _clipRun = 0;
            return;
        }

        _clipRun++;
        _clipped += _clipRun == 2 ? 2 : _clipRun > 2 ? 1 : 0;
    }

    private void EndWindow()
    {
        _windows++;
        if (_windowEnergy <= _silenceEnergy)
        {
            _silentWindows++;
            _longestSilence = Math.Max(_longestSilence, ++_silentRun);
        }
        else
        {
            _silentRun = 0;
            _activeSquares += _windowEnergy;
        }

        _windowEnergy = 0;
        _windowFill = 0;
    }

    private void AddSpectrum(int length)
    {
        double mean = 0;
        for (int i = 0; i < length; i++)
        {
            mean += _block[i];
        }

        mean /= length;
        for (int i = 0; i < Block; i++)
        {
            _bins[i] = i < length ? (_block[i] - mean) * _taper[i] : 0;
        }

        MinimumPhase.Transform(_bins, inverse: false);
        for (int i = 0; i < _power.Length; i++)
        {
            _power[i] += (_bins[i].Real * _bins[i].Real) + (_bins[i].Imaginary * _bins[i].Imaginary);
        }
    }

    private double Bandwidth()
    {
        double total = 0;
        foreach (double power in _power)
        {
            total += power;
        }

        double below = 0;
        for (int i = 0; i < _power.Length; i++)
        {
            below += _power[i];
            if (total > 0 && below >= 0.999 * total)
            {
                return (double)i * _rate / Block;
            }
        }

        return 0;
    }

    private static double Decibels(double squares, long count) => PcmLevel.ToDecibels(count == 0 ? 0 : Math.Sqrt(squares / count) / 32768.0);
}
